/**
 * Writes Protocol Buffers messages (protobuf.dev/programming-guides/encoding), as far as ONNX files need them. A message is a list of
 * parts, which are joined once at the end, so that weights are not copied at every level.
 */
export type Message = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32_BITS = 5;

/** A non-negative integer in groups of seven bits, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const key = (field: number, type: number) => varint(8 * field + type);

export function integerField(field: number, value: number): Message {
  return [Uint8Array.from([...key(field, VARINT), ...varint(value)])];
}

export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [Uint8Array.from([...key(field, FIXED_32_BITS), ...bytes])];
}

/** A field of bytes, or of another message. */
export function partsField(field: number, parts: Message): Message {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([...key(field, LENGTH_DELIMITED), ...varint(length)]), ...parts];
}

export function textField(field: number, text: string): Message {
  return partsField(field, [new TextEncoder().encode(text)]);
}
