/**
 * The beginning of a NumPy file (numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0); the values follow it, row-major
 * and little-endian.
 * @param type float32 (`<f4`) or float16 (`<f2`)
 */
export function npyHeader(shape: readonly number[], type: '<f4' | '<f2' = '<f4'): Uint8Array<ArrayBuffer> {
  // A tuple of one number ends with a comma.
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = `\x93NUMPY\x01\0`;
  const before = start.length + 2;
  // Header and values begin at multiples of 64 bytes; the header ends with a line feed.
  const length = Math.ceil((before + description.length + 1) / 64) * 64;
  const header = new Uint8Array(length).fill(' '.charCodeAt(0));
  const put = (text: string, at: number) =>
    header.set(
      Array.from(text, (character) => character.charCodeAt(0)),
      at,
    );
  put(start, 0);
  new DataView(header.buffer).setUint16(start.length, length - before, true);
  put(description, before);
  put('\n', length - 1);
  return header;
}
