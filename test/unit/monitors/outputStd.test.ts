import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { collapseLevel, outputStd, outputStdTensor, perChannelStd } from '../../../src/engine/monitors/outputStd';
import { constantRows, featureRows, randomRows } from './rows';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('output std', () => {
  it('is 1/sqrt(d) for the 2d unit vectors along the axes, up to their own factor', () => {
    // Per channel: values 1, -1 and 2d - 2 zeros, so std = sqrt(2 / (2d)) = 1/sqrt(d).
    const d = 6;
    const axes = Array.from({ length: 2 * d }, (_, i) =>
      Array.from({ length: d }, (_, c) => (c === i % d ? (i < d ? 3 : -0.5) : 0)),
    );
    expect(outputStd(featureRows(axes))).toBeCloseTo(1 / Math.sqrt(d), 12);
    expect(collapseLevel(outputStd(featureRows(axes)), d)).toBeCloseTo(0, 12);
  });

  it('is 0 for constant rows, whatever their length', () => {
    expect(outputStd(constantRows(10, 8))).toBeLessThan(1e-15);
    expect(
      outputStd(
        featureRows([
          [1, 2],
          [2, 4],
          [100, 200],
        ]),
      ),
    ).toBeLessThan(1e-15);
  });

  it('takes a zero row as zeros', async () => {
    const z = featureRows([
      [0, 0],
      [3, 4],
    ]);
    expect(outputStd(z)).toBeCloseTo((0.3 + 0.4) / 2, 12);
    expect((await outputStdTensor(tf.tensor2d(z.data, [2, 2])).data())[0]).toBeCloseTo(0.35, 6);
  });

  it('of one row is 0 when biased and undefined when unbiased', () => {
    const one = featureRows([[1, 2, 3]]);
    expect(outputStd(one)).toBe(0);
    expect([...perChannelStd(one, 1)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(outputStd(one, 1)).toBeNaN();
  });

  it('shows a near collapse in float32 too', async () => {
    const noise = randomRows(64, 32);
    const data = noise.data.map((value, i) => 1 + (i % 32) + 1e-3 * value);
    const expected = outputStd({ ...noise, data });
    expect(expected).toBeGreaterThan(0);
    const onTensors = (await outputStdTensor(tf.tensor2d(data, [64, 32])).data())[0];
    expect(onTensors / expected).toBeCloseTo(1, 2);
  });

  it('refuses rows that do not fill their shape', () => {
    expect(() => outputStd({ data: new Float32Array(5), n: 2, d: 3 })).toThrow('expected [2, 3]');
  });
});

describe('collapse level', () => {
  it('runs from 0 when spread evenly to 1 when constant, and never below 0', () => {
    expect(collapseLevel(1 / 16, 256)).toBe(0);
    expect(collapseLevel(0.8 / 16, 256)).toBeCloseTo(0.2, 12);
    expect(collapseLevel(0, 256)).toBe(1);
    expect(collapseLevel(2 / 16, 256)).toBe(0);
  });

  it('is not a number where the std is not', () => {
    expect(collapseLevel(Number.NaN, 256)).toBeNaN();
  });
});
