import type { FeatureRows } from '../../domain/features';
import type { QueryNeighbours } from '../../domain/measurement';
import type { EmbeddedImages } from './embedImages';
import { NearestRows } from './neighbours';

/** Features of all images are kept for further queries where they take at most this much memory. */
const MOST_KEPT_BYTES = 256 * 2 ** 20;

/** Images `start` to `end` - 1. */
interface Block {
  readonly start: number;
  readonly end: number;
}

export interface WholeSearchOptions {
  /** Images of the data set. */
  readonly count: number;
  /** Images embedded at once. */
  readonly chunk: number;
  /** Backbone features and z of images, with the weights after `step` steps. */
  readonly embed: (indices: Uint32Array, step: number) => Promise<EmbeddedImages>;
  readonly mostKeptBytes?: number;
}

/**
 * Nearest neighbours among all images of the data set, which are embedded block after block. The blocks of one step are kept, also those of
 * a search that was stopped.
 */
export class WholeSearch {
  readonly #options: WholeSearchOptions;
  readonly #blocks: readonly Block[];
  #kept: { readonly step: number; readonly blocks: Map<Block, EmbeddedImages> } | null = null;

  constructor(options: WholeSearchOptions) {
    this.#options = options;
    this.#blocks = blocksOf(options.count, options.chunk);
  }

  /** Whether a search with the weights after `step` steps needs no image embedded. */
  isKept(step: number): boolean {
    return this.#kept?.step === step && this.#kept.blocks.size === this.#blocks.length;
  }

  /** To be called when the weights change. */
  forget(): void {
    this.#kept = null;
  }

  /**
   * The `neighbours` nearest images of each query by backbone features and by z. The weights must not change meanwhile.
   * @param between awaited before each block; may throw to stop
   */
  async search(
    queries: readonly number[],
    neighbours: number,
    step: number,
    between: () => Promise<void>,
  ): Promise<{ backbone: QueryNeighbours[]; z: QueryNeighbours[] }> {
    const own = await this.#rowsOf(queries, step, between);
    const backbone = new NearestRows(own.features, queries, neighbours);
    const z = new NearestRows(own.z, queries, neighbours);
    for (const block of this.#blocks) {
      const images = await this.#embedded(block, step, between);
      backbone.add(images.features, block.start);
      z.add(images.z, block.start);
    }
    return { backbone: backbone.found(), z: z.found() };
  }

  /** The queries' own features: rows of the blocks that they are in. */
  async #rowsOf(
    queries: readonly number[],
    step: number,
    between: () => Promise<void>,
  ): Promise<{ features: FeatureRows; z: FeatureRows }> {
    const rows: { features: Float32Array; z: Float32Array }[] = [];
    for (const block of this.#blocks) {
      if (!queries.some((query) => isIn(query, block))) continue;
      const { features, z } = await this.#embedded(block, step, between);
      queries.forEach((query, i) => {
        const row = query - block.start;
        if (isIn(query, block)) rows[i] = { features: rowOf(features, row), z: rowOf(z, row) };
      });
    }
    return { features: joined(rows.map((row) => row.features)), z: joined(rows.map((row) => row.z)) };
  }

  async #embedded(block: Block, step: number, between: () => Promise<void>): Promise<EmbeddedImages> {
    await between();
    if (this.#kept?.step !== step) this.#kept = { step, blocks: new Map() };
    const { blocks } = this.#kept;
    const known = blocks.get(block);
    if (known !== undefined) return known;
    const { count, embed, mostKeptBytes = MOST_KEPT_BYTES } = this.#options;
    const images = await embed(
      Uint32Array.from({ length: block.end - block.start }, (_, i) => block.start + i),
      step,
    );
    if (4 * count * (images.features.d + images.z.d) <= mostKeptBytes) blocks.set(block, images);
    return images;
  }
}

/**
 * One chunk a block, so that a search can stop soon. The last block has up to two, since kernels are made for the size of a chunk and fewer
 * images would be another size.
 */
function blocksOf(count: number, chunk: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < count; start = blocks[blocks.length - 1].end) {
    blocks.push({ start, end: count - start < 2 * chunk ? count : start + chunk });
  }
  return blocks;
}

function isIn(query: number, { start, end }: Block): boolean {
  return query >= start && query < end;
}

function rowOf({ data, d }: FeatureRows, row: number): Float32Array {
  return data.slice(row * d, (row + 1) * d);
}

function joined(rows: readonly Float32Array[]): FeatureRows {
  const [{ length: d }] = rows;
  const data = new Float32Array(rows.length * d);
  rows.forEach((row, i) => {
    data.set(row, i * d);
  });
  return { data, n: rows.length, d };
}
