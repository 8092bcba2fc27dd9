/** Losses are averaged over this many steps before they are judged, since the loss of one batch is mostly noise. */
const BLOCK = 10;
/** The number of recent blocks that are judged: 300 steps. */
const BLOCKS = 30;

/**
 * A loss converges if it has fallen by this share of the distance from its start to its minimum, or still falls by `MOVING_SHARE` of that
 * distance.
 */
const FALLEN_SHARE = 0.35;
const MOVING_SHARE = 0.03;
/**
 * The share of the first loss by which it must fall where its minimum is not known. NT-Xent and swapped prediction fall by 10 % and more,
 * but the cross-entropy of softmaxes by 1.5 % in runs that learn.
 */
const FALLEN_SHARE_OF_FIRST = 0.005;

/**
 * A swing of the block means, as a share of the range, and how many of them in the last `SWING_BLOCKS` make an oscillation. Healthy runs
 * have at most three of them.
 */
const SWING_SHARE = 0.11;
const SWINGS = 4;
const SWING_BLOCKS = 15;

/**
 * The outputs agree where the loss, over the last `AGREEMENT_BLOCKS`, has fallen by this share of the distance from its start to its minimum.
 * Dimensional collapses reach 0.65 to 0.9; runs whose rate is far too large stay at 0.2 to 0.6.
 */
const AGREEMENT_SHARE = 0.6;
const AGREEMENT_BLOCKS = 5;

export interface Oscillation {
  readonly since: number;
  readonly low: number;
  readonly high: number;
}

interface Block {
  readonly end: number;
  readonly mean: number;
}

/** The state of the trend: what it keeps of the losses so far. */
export interface LossTrendState {
  /** Sum and number of the losses in the block that is being filled. */
  readonly sum: number;
  readonly count: number;
  readonly first: Block | null;
  readonly blocks: readonly Block[];
}

/**
 * Determines whether a loss stays high and no longer falls (no convergence; a predictor fixed at random does this), or swings up and down
 * (oscillation; Table 3 d). It is compared with the run's own first steps and the loss's range.
 */
export class LossTrend {
  readonly #range: readonly [min: number, max: number] | null;
  #state: LossTrendState = { sum: 0, count: 0, first: null, blocks: [] };

  /** @param range smallest and largest loss; null where the smallest is not known */
  constructor(range: readonly [min: number, max: number] | null) {
    this.#range = range;
  }

  add(step: number, loss: number): void {
    const { first, blocks } = this.#state;
    const sum = this.#state.sum + loss;
    const count = this.#state.count + 1;
    if (count < BLOCK) {
      this.#state = { sum, count, first, blocks };
      return;
    }
    const block = { end: step, mean: sum / count };
    this.#state = { sum: 0, count: 0, first: first ?? block, blocks: [...blocks.slice(1 - BLOCKS), block] };
  }

  /** Forgets the losses so far, since a changed setting changes the loss. Only the first block is kept, for comparison. */
  restart(): void {
    this.#state = { sum: 0, count: 0, first: this.#state.first, blocks: [] };
  }

  state(): LossTrendState {
    return this.#state;
  }

  restore(state: LossTrendState): void {
    this.#state = state;
  }

  /** Non-null where the loss has stayed high for 300 steps and no longer falls. */
  stands(): { readonly loss: number; readonly startLoss: number } | null {
    const { first, blocks } = this.#state;
    if (first === null || blocks.length < BLOCKS) return null;
    const third = BLOCKS / 3;
    // The first third may hold the fall from the start.
    const before = mean(blocks.slice(third, 2 * third));
    const now = mean(blocks.slice(-third));
    const top = this.#range === null ? first.mean : Math.min(first.mean, this.#range[1]);
    const enough = this.#range === null ? FALLEN_SHARE_OF_FIRST * Math.abs(top) : FALLEN_SHARE * (top - this.#range[0]);
    const high = top - now < enough;
    const moves = before - now > (MOVING_SHARE / FALLEN_SHARE) * enough;
    return high && !moves ? { loss: now, startLoss: first.mean } : null;
  }

  /** Whether the loss has come near its minimum; true where that is not known. */
  agrees(): boolean {
    const { first, blocks } = this.#state;
    if (this.#range === null || first === null || blocks.length === 0) return this.#range === null;
    const [least] = this.#range;
    return first.mean - mean(blocks.slice(-AGREEMENT_BLOCKS)) >= AGREEMENT_SHARE * (first.mean - least);
  }

  /** The recent oscillation of the loss; null where there is none or the loss's range is not known. */
  oscillates(): Oscillation | null {
    const { blocks } = this.#state;
    if (this.#range === null || blocks.length < SWING_BLOCKS) return null;
    const recent = blocks.slice(-SWING_BLOCKS);
    const size = SWING_SHARE * (this.#range[1] - this.#range[0]);
    const turns = turningPoints(recent, size);
    if (turns.length < SWINGS + 1) return null;
    const values = turns.map((turn) => turn.mean);
    return { since: turns[0].end, low: Math.min(...values), high: Math.max(...values) };
  }
}

function mean(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + block.mean, 0) / blocks.length;
}

/** Highs and lows in turn, each at least `size` from the one before. */
function turningPoints(blocks: readonly Block[], size: number): Block[] {
  const turns: Block[] = [];
  let extreme = blocks[0];
  let direction = 0;
  for (const block of blocks) {
    const rise = block.mean - extreme.mean;
    if (direction * rise > 0 || (direction === 0 && Math.abs(rise) < size)) {
      if (direction !== 0) extreme = block;
    } else if (Math.abs(rise) >= size) {
      turns.push(extreme);
      direction = Math.sign(rise);
      extreme = block;
    }
  }
  if (turns.length > 0) turns.push(extreme);
  return turns;
}
