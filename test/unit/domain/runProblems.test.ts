import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { adviceOnFew, fittingBatch, runProblems } from '../../../src/domain/runProblems';

describe('what keeps a run from starting', () => {
  const config = presetConfig('tiny');
  const { batchSize } = config;

  it('is nothing with two batches of images and sound settings', () => {
    expect(runProblems(config, 2 * batchSize)).toEqual([]);
  });

  it('is too few images, with a batch size that works', () => {
    const [problem, ...others] = runProblems({ ...config, batchSize: 1024 }, 1501);
    expect(others).toEqual([]);
    expect(problem).toEqual({
      code: 'too-few-images',
      text: '1,501 images to train on are fewer than two batches of 1024. Add images, or set the batch size to 750 or less.',
    });
  });

  it('is every setting that does not fit the others', () => {
    const { crop, blur } = config.augment;
    const augment = {
      ...config.augment,
      crop: { ...crop, scaleMin: 0.9, scaleMax: 0.1 },
      blur: { ...blur, sigmaMin: 2, sigmaMax: 1 },
    };
    const problems = runProblems({ ...config, augment }, 1);
    expect(problems.map(({ code }) => code)).toEqual(['too-few-images', 'bad-config', 'bad-config']);
    expect(problems[1]?.text).toContain('augment.crop.scaleMin');
    expect(problems[2]?.text).toContain('augment.blur.sigmaMin');
  });
});

it('a batch is computed in equal parts of at least 4 images, and alternating optimisation in one', () => {
  const of = (change: Partial<RunConfig>) =>
    runProblems({ ...presetConfig('tiny'), ...change }, 1000).map(({ text }) => text);
  expect(of({ batchSize: 32, microBatches: 8 })).toEqual([]);
  expect(of({ batchSize: 32, microBatches: 3 })).toEqual([
    'A batch of 32 cannot be computed in 3 equal parts of at least 4 images: change batchSize or microBatches.',
  ]);
  expect(of({ batchSize: 32, microBatches: 16 })).toHaveLength(1);
  expect(of({ batchSize: 32, microBatches: 2, alternation: 3 })[0]).toContain('whole batches');
});

it('never advises a batch size below the smallest, 4', () => {
  expect([adviceOnFew(7), adviceOnFew(8)]).toEqual(['Add images.', 'Add images, or set the batch size to 4 or less.']);
  expect([0, 1, 7, 8, 15, 16, 300].map(fittingBatch)).toEqual([null, null, null, 4, 4, 8, 128]);
});
