import type { Batch } from './batches';
import type { BatchResult } from './decodeBatch';
import type { Decoder } from './readImages';

/** Decoders, each of which decodes one batch at a time; batches wait for a free one. */
export class DecoderTurns {
  readonly #free: Decoder[];
  readonly #waiting: ((decoder: Decoder) => void)[] = [];
  readonly size: number;

  constructor(decoders: readonly Decoder[]) {
    this.#free = [...decoders];
    this.size = decoders.length;
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
}
