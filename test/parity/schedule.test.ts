import { describe, expect, it } from 'vitest';
import { cosineDecay, scaledLearningRate, tauSchedule } from '../../src/engine/optim/schedule';
import { loadGolden } from '../fixtures/golden';

interface Golden {
  simsiam_epoch_cosine: {
    base_lr: number;
    batch_size: number;
    epochs: number;
    fix_pred_lr: boolean;
    init_lr: number;
    encoder_lr: number[];
    predictor_lr: number[];
  }[];
  byol_tau: { tau_base: number; total_steps: number; tau_paper: number[] }[];
}

const { simsiam_epoch_cosine: cases, byol_tau: momenta } = loadGolden<Golden>('schedule');

describe.each(cases)('cosine decay of base lr $base_lr, batch $batch_size, $epochs epochs', (golden) => {
  const initial = scaledLearningRate(golden.base_lr, golden.batch_size);

  it('scales the initial rate by batch / 256', () => {
    expect(initial).toBeCloseTo(golden.init_lr, 12);
  });

  it('decays the encoder and, unless it is fixed, the predictor', () => {
    const rates = golden.encoder_lr.map((_, epoch) => cosineDecay(initial, epoch, golden.epochs));
    rates.forEach((rate, epoch) => expect(rate).toBeCloseTo(golden.encoder_lr[epoch], 12));
    const predictor = golden.fix_pred_lr ? rates.map(() => initial) : rates;
    predictor.forEach((rate, epoch) => expect(rate).toBeCloseTo(golden.predictor_lr[epoch], 12));
  });
});

describe.each(momenta)('BYOL’s tau from $tau_base over $total_steps steps', (golden) => {
  it('rises to 1 along a cosine', () => {
    expect(golden.tau_paper).toHaveLength(golden.total_steps + 1);
    golden.tau_paper.forEach((tau, k) =>
      expect(tauSchedule(golden.tau_base, k, golden.total_steps)).toBeCloseTo(tau, 12),
    );
  });
});
