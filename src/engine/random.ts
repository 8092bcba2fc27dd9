import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers that is the same on every platform for the same seed. */
export interface Random {
  /** A number in [low, high); [0, 1) by default. */
  uniform(low?: number, high?: number): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** 0 .. count - 1 in random order. */
  permutation(count: number): Uint32Array;
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the output. */
function scramble(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * The words to hash for one part of a path. They begin with the part's kind and a string's length, so that `[1, '2']`, `['12']` and `[1,
 * 2]` differ.
 */
function wordsOf(part: number | string): number[] {
  if (typeof part === 'number') return [1, part | 0, Math.floor(part / 2 ** 32) | 0];
  return [2, part.length, ...Array.from(part, (character) => character.codePointAt(0) ?? 0)];
}

/**
 * A generator (xoroshiro128+) for `seed` and a path of stream names, such as `seededRandom(config.seed, 'augment', step)`.
 * Different paths give independent streams, so that a step's draws do not depend on what was drawn before it: a run can be
 * resumed at any step, and a draw added in one place leaves the others alone.
 * @param seed a whole number
 * @param streams whole numbers or names
 */
export function seededRandom(seed: number, ...streams: readonly (number | string)[]): Random {
  const state = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
  for (const word of [seed, ...streams].flatMap(wordsOf)) {
    for (let i = 0; i < 4; i++) {
      // Each lane also mixes in its neighbour, so that the four lanes differ.
      state[i] = (scramble(state[i] ^ scramble(word + i)) + Math.imul(state[(i + 1) % 4], 0x9e3779b1)) | 0;
    }
  }
  const generator = xoroshiro128plusFromState(state);
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * uniformFloat64(generator),
    integer: (low, high) => uniformInt(generator, low, high),
    permutation(count) {
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}
