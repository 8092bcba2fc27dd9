/** Encodings of text, which pages, workers and Node have in common: for code that is compiled without the DOM (`src/engine/tsconfig.json`). */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  /** @param label UTF-8 where it is left out */
  constructor(label?: string, options?: { readonly fatal: boolean });
  /** @throws TypeError where `fatal` is set and the bytes are not of that encoding */
  decode(bytes: Uint8Array): string;
}
