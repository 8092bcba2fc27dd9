import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { SuitEntry, SuitOutcome } from '../../../src/domain/suiting/suitTable';
import { rankingOf, suitVerdict } from '../../../src/domain/suiting/verdict';
import { candidateInWords } from '../../../src/domain/suiting/words';

const CONFIG = presetConfig('tiny', 'fashion-mnist');
const score = (value: number, standardError = 0.02): SuitOutcome => ({ kind: 'score', value, standardError });
const DIVERGED: SuitOutcome = { kind: 'diverged' };

/** A table by rounds: the outcomes of each candidate, the person's settings first. */
function verdictOf(...entries: (SuitOutcome | null)[][]) {
  const rounds = Array.from({ length: Math.max(...entries.map(({ length }) => length)) }, (_, r) => ({
    candidates: 2,
    images: 1000 * 2 ** r,
  }));
  return suitVerdict({
    rounds,
    entries: entries.map((outcomes): SuitEntry => ({ config: CONFIG, outcomes, outAfter: null })),
  });
}

describe('the verdict', () => {
  it('says that a candidate is ahead, by how much, and how sure that is', () => {
    // Errors of 1.5 and 1.6 points: 2.2 together.
    expect(verdictOf([score(0.23, 0.015)], [score(0.29, 0.016)])).toEqual({
      kind: 'ahead',
      entry: 1,
      round: 0,
      difference: { value: expect.closeTo(0.06, 9), standardError: expect.closeTo(0.0219, 4) },
      isSure: true,
    });
    expect(verdictOf([score(0.3)], [score(0.34)])).toMatchObject({ kind: 'ahead', isSure: false });
  });

  it('says to keep the settings where none is ahead by more than the standard error', () => {
    expect(verdictOf([score(0.3)], [score(0.32)], [score(0.2)])).toMatchObject({
      kind: 'keep',
      entry: 1,
      difference: { value: expect.closeTo(0.02, 9) },
    });
    expect(verdictOf([score(0.5)], [score(0.3)])).toMatchObject({ kind: 'keep', entry: 1 });
    expect(verdictOf([score(0.5)], [DIVERGED])).toMatchObject({ kind: 'keep', entry: null, difference: null });
  });

  it('compares runs of equal length, of the last round in which both were measured', () => {
    expect(verdictOf([score(0.2), score(0.5)], [score(0.4)], [score(0.3), score(0.51)])).toMatchObject({
      kind: 'keep',
      entry: 2,
      round: 1,
    });
    expect(verdictOf([score(0.2), score(0.5)], [score(0.4), null])).toMatchObject({ kind: 'ahead', round: 0 });
  });

  it('puts what diverged last', () => {
    expect(verdictOf([DIVERGED], [score(0.1), score(0.12)])).toMatchObject({ kind: 'own-diverged', round: 1 });
    expect(verdictOf([DIVERGED], [DIVERGED])).toMatchObject({ kind: 'all-diverged' });
    const entries = [DIVERGED, score(0.1), null, score(0.1), score(0.2)].map((outcome) => ({
      config: CONFIG,
      outcomes: [outcome],
      outAfter: null,
    }));
    expect(rankingOf(entries, 0)).toEqual([4, 1, 3, 0]);
  });

  it('says nothing where nothing was compared', () => {
    expect(verdictOf([score(0.3)])).toEqual({ kind: 'unknown' });
    expect(verdictOf([null], [score(0.3)])).toEqual({ kind: 'unknown' });
    expect(suitVerdict({ rounds: [], entries: [] })).toEqual({ kind: 'unknown' });
  });
});

it('names what candidates differ in', () => {
  expect(candidateInWords(CONFIG)).toBe('SimSiam, rate 0.5, batch 32, crops from 20 %');
  const crop = { ...CONFIG.augment.crop, enabled: false };
  const other = { ...CONFIG, baseLearningRate: 0.5 / 3, augment: { ...CONFIG.augment, crop } };
  expect(candidateInWords(other)).toBe('SimSiam, rate 0.17, batch 32, no crops');
});
