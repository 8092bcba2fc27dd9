import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWasm } from '../../../src/engine/backend/wasm';
import { lossesOfLink } from '../../setup/lossesOfLink';

interface Recorded {
  readonly link: string;
  /** The losses of its first steps, as the last page of the link's version computed them. */
  readonly losses: readonly number[];
}

const file = new URL('../../fixtures/lossesOfOldLinks.json', import.meta.url);
const recorded: readonly Recorded[] = JSON.parse(readFileSync(file, 'utf8'));

/** Losses that are compared. */
const FIRST = 6;

describe('links of earlier versions', () => {
  beforeAll(async () => {
    await startWasm();
  });

  it.each(recorded)('give the run of their version: $link', async ({ link, losses }) => {
    // Kernels that are improved round differently, and steps enlarge the difference; another setting changes the first losses far more.
    const now = await lossesOfLink(link, FIRST);
    now.forEach((loss, i) => expect(loss / losses[i]!).toBeCloseTo(1, 3));
  });
});
