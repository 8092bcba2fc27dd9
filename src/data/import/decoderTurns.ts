import type { Batch } from './batches';
import type { BatchResult } from './decodeBatch';
import type { Decoder } from './readImages';

/** Decoders, each of which decodes one batch at a time; batches wait for a free one. */
export class DecoderTurns {
  readonly #free: Decoder[];
  readonly #waiting: ((decoder: Decoder) => void)[] = [];
  readonly #end: () => void;
  readonly size: number;

  /** @param end ends the decoders */
  constructor(decoders: readonly Decoder[], end: () => void = () => undefined) {
    this.#free = [...decoders];
    this.size = decoders.length;
    this.#end = end;
  }

  async decode(batch: Batch): Promise<BatchResult> {
    const decoder = this.#free.pop() ?? (await new Promise<Decoder>((resolve) => this.#waiting.push(resolve)));
    try {
      return await decoder(batch);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(decoder);
      else next(decoder);
    }
  }

  close(): void {
    this.#end();
  }
}
