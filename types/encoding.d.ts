/** UTF-8, which pages, workers and Node have in common: for code that is compiled without the DOM (`src/engine/tsconfig.json`). */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label: 'utf-8', options: { readonly fatal: boolean });
  /** @throws TypeError where `fatal` is set and the bytes are no UTF-8 */
  decode(bytes: Uint8Array): string;
}
