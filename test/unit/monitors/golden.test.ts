import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeatureRows } from '../../../src/domain/features';
import { effectiveRank } from '../../../src/engine/monitors/effectiveRank';
import { knnAccuracy } from '../../../src/engine/monitors/knn';
import { outputStd, outputStdTensor, perChannelStd } from '../../../src/engine/monitors/outputStd';
import { singularValues } from '../../../src/engine/monitors/singularValues';
import { decode, type GoldenTensor, loadGolden, maxError } from '../../fixtures/golden';

interface Spectrum {
  readonly singular_values: GoldenTensor;
  readonly effective_rank: number;
}

interface Golden {
  readonly output_std: readonly {
    readonly name: string;
    readonly z: GoldenTensor;
    readonly per_channel_std_unbiased: GoldenTensor;
    readonly std_unbiased: number;
    readonly std_biased: number;
  }[];
  readonly knn: {
    readonly num_classes: number;
    readonly train_features: GoldenTensor;
    readonly train_labels: readonly number[];
    readonly test_features: GoldenTensor;
    readonly test_labels: readonly number[];
    readonly runs: readonly {
      readonly k: number;
      readonly temperature: number;
      readonly predicted: readonly number[];
      readonly class_scores_over_row_sum: GoldenTensor;
      readonly accuracy: number;
      readonly n_correct: number;
    }[];
  };
  readonly effective_rank: readonly {
    readonly name: string;
    readonly z: GoldenTensor;
    readonly raw: Spectrum;
    readonly centered: Spectrum;
  }[];
}

const golden = loadGolden<Golden>('monitors');

function rows(tensor: GoldenTensor): FeatureRows {
  const [n, d] = tensor.shape;
  return { data: decode(tensor), n, d };
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(golden.output_std)('output std, $name', (expected) => {
  const z = rows(expected.z);
  // The file's own tolerance: its case of one direction with different norms is 0 in exact arithmetic.
  const ABSOLUTE = 1e-6;

  it('per channel and averaged, biased and unbiased', () => {
    const perChannel = decode(expected.per_channel_std_unbiased);
    expect(maxError(perChannelStd(z, 1), perChannel, 1)).toBeLessThan(ABSOLUTE);
    expect(Math.abs(outputStd(z, 1) - expected.std_unbiased)).toBeLessThan(ABSOLUTE);
    expect(Math.abs(outputStd(z) - expected.std_biased)).toBeLessThan(ABSOLUTE);
    // Where the value is not 0, also the relative error: a near collapse has a std of 1e-4, which would pass any absolute tolerance.
    if (expected.std_biased > 1e-6) expect(outputStd(z) / expected.std_biased).toBeCloseTo(1, 6);
  });

  it('on tensors', async () => {
    const before = tf.memory().numTensors;
    const input = tf.tensor2d(z.data, [z.n, z.d]);
    const std = outputStdTensor(input);
    expect(std.shape).toEqual([]);
    expect(Math.abs((await std.data())[0] - expected.std_biased)).toBeLessThan(ABSOLUTE);
    tf.dispose([input, std]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(golden.knn.runs)('kNN with k = $k, T = $temperature', (run) => {
  it('every prediction, every score and the accuracy', async () => {
    const { knn } = golden;
    const before = tf.memory().numTensors;
    const result = await knnAccuracy({
      bank: rows(knn.train_features),
      bankLabels: knn.train_labels,
      queries: rows(knn.test_features),
      queryLabels: knn.test_labels,
      classes: knn.num_classes,
      k: run.k,
      temperature: run.temperature,
    });
    expect([...result.predicted]).toEqual(run.predicted);
    expect(maxError(result.scores, decode(run.class_scores_over_row_sum), 1)).toBeLessThan(1e-5);
    expect(result.accuracy).toBeCloseTo(run.accuracy, 12);
    expect(result.correct).toBe(run.n_correct);
    expect(result.k).toBe(run.k);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(golden.effective_rank)('effective rank, $name', (expected) => {
  const z = rows(expected.z);
  const bound = Math.min(z.n, z.d);

  it('singular values', () => {
    const values = singularValues(Float64Array.from(z.data), z.n, z.d);
    expect(maxError(values, decode(expected.raw.singular_values))).toBeLessThan(1e-7);
  });

  it('of raw rows', () => {
    const result = effectiveRank(z, { normalise: false });
    expect(result.bound).toBe(bound);
    expect(result.effectiveRank / expected.raw.effective_rank).toBeCloseTo(1, 6);
  });

  it('of centred rows', () => {
    const result = effectiveRank(z, { normalise: false, centre: true });
    expect(result.effectiveRank / expected.centered.effective_rank).toBeCloseTo(1, 6);
  });

  it('of the transposed matrix, which has the same singular values', () => {
    const data = new Float32Array(z.n * z.d);
    for (let i = 0; i < z.n; i++) for (let c = 0; c < z.d; c++) data[c * z.n + i] = z.data[i * z.d + c];
    const result = effectiveRank({ data, n: z.d, d: z.n }, { normalise: false });
    expect(result.effectiveRank / expected.raw.effective_rank).toBeCloseTo(1, 6);
  });
});
