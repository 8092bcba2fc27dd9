import { freeMemory } from '../../domain/freeMemory';
import { type KeptShapes, type PictureReader, UnreadablePicture } from '../../domain/imageDataset';
import type { Batch, Candidate, PackedItem } from './batches';
import type { BatchResult } from './decodeBatch';
import type { DecoderTurns } from './decoderTurns';
import { shownPath } from './paths';
import { exactHash } from './pictureHash';

/** How a picture is kept: its packed pixels, else its file. */
export interface KeptPicture {
  readonly candidate: Pick<Candidate, 'path' | 'source'>;
  readonly packed: Omit<PackedItem, 'slot' | 'width' | 'height'> | null;
  /** Of its pixels, by which a file that was changed is noticed. */
  readonly keptHash: readonly [number, number];
}

const LOAD_AGAIN = 'Load the images again.';

/** The pictures of a data set that is kept compressed, and the decoders that decode them. */
export class CompressedPictures implements PictureReader {
  readonly #pictures: readonly KeptPicture[];
  readonly #shapes: KeptShapes;
  readonly #decoders: DecoderTurns;

  constructor(pictures: readonly KeptPicture[], shapes: KeptShapes, decoders: DecoderTurns) {
    this.#pictures = pictures;
    this.#shapes = shapes;
    this.#decoders = decoders;
  }

  async read(indices: readonly number[]): Promise<readonly Uint8Array[]> {
    const found = new Map<number, Uint8Array>();
    const results = await Promise.all(this.#batchesOf(indices).map((batch) => this.#decoders.decode(batch)));
    for (const result of results) this.#take(result, found);
    return indices.map((index) => {
      const pixels = found.get(index);
      if (pixels === undefined) throw new RangeError(`there is no picture ${index}`);
      return pixels;
    });
  }

  close(): void {}

  /** Divides pictures evenly among the decoders; the slots of these batches are the indices of the pictures. */
  #batchesOf(indices: readonly number[]): Batch[] {
    const share = Math.ceil(indices.length / this.#decoders.size);
    const batches: Batch[] = [];
    for (let start = 0; start < indices.length; start += share) {
      batches.push(...this.#batchesOfOne(indices.slice(start, start + share)));
    }
    return batches;
  }

  /** Pictures of one decoder by how they are kept: all packed ones, all loose files, and those of each archive. */
  #batchesOfOne(indices: readonly number[]): Batch[] {
    const { widths, heights } = this.#shapes;
    const packed: PackedItem[] = [];
    const files: Extract<Batch, { kind: 'files' }>['files'][number][] = [];
    const archives = new Map<unknown, Extract<Batch, { kind: 'archive' }>>();
    for (const slot of indices) {
      const picture = this.#pictures[slot];
      if (picture === undefined) continue;
      const { source } = picture.candidate;
      if (picture.packed !== null) packed.push({ slot, width: widths[slot], height: heights[slot], ...picture.packed });
      else if ('blob' in source) files.push({ slot, blob: source.blob });
      else {
        const { archive, entry } = source;
        const entries = [...(archives.get(archive)?.entries ?? []), { slot, entry }];
        archives.set(archive, { kind: 'archive', archive, entries, task: 'again' });
      }
    }
    return [
      ...(packed.length > 0 ? [{ kind: 'packed', pictures: packed, task: 'again' } as const] : []),
      ...(files.length > 0 ? [{ kind: 'files', files, task: 'again' } as const] : []),
      ...archives.values(),
    ];
  }

  /** @throws UnreadablePicture where a picture could not be decoded again, or is not the same as before */
  #take({ slots, pictures, skipped }: BatchResult, found: Map<number, Uint8Array>): void {
    const [bad] = skipped;
    if (bad !== undefined) {
      const { candidate, packed } = this.#pictures[bad.slot];
      const reason =
        packed === null ? bad.reason : 'is kept compressed by the browser and could not be read: the disk may be full';
      throw new UnreadablePicture(`${shownPath(candidate.path)} ${reason}. ${LOAD_AGAIN}`);
    }
    const { pixels, offsets, widths, heights } = pictures;
    for (const [i, slot] of slots.entries()) {
      // A copy, since a part of the batch's array would keep all of it in memory.
      const own = pixels.slice(offsets[i], offsets[i] + 4 * widths[i] * heights[i]);
      const { keptHash, candidate } = this.#pictures[slot];
      const isSame = widths[i] === this.#shapes.widths[slot] && heights[i] === this.#shapes.heights[slot];
      const [a, b] = exactHash(new Uint32Array(own.buffer));
      if (!isSame || a !== keptHash[0] || b !== keptHash[1]) {
        throw new UnreadablePicture(
          `${shownPath(candidate.path)} was changed since the images were loaded. ${LOAD_AGAIN}`,
        );
      }
      found.set(slot, own);
    }
    freeMemory([pixels]);
  }
}
