import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { assignInPlace } from '../../src/engine/kernels/movingAverage';
import { record } from '../../src/engine/step/capture/record';
import { StagedTensor } from '../../src/engine/step/stagedTensor';
import { describeOnEngines } from '../setup/engine';

const variable = (values: number[]) => tf.tidy(() => tf.variable(tf.tensor1d(values)));

describeOnEngines(['webgpu', 'wasm'], 'a recording', () => {
  it('executes nothing while recording, and everything with each replay', async () => {
    const total = variable([1, 2]);
    const recording = record(() => {
      const sum = tf.tidy(() => {
        const next = tf.add(total, tf.tensor1d([10, 20]));
        assignInPlace([{ target: total, online: next }]);
        return next;
      });
      return { sum };
    });
    expect([...(await total.data())]).toEqual([1, 2]);
    recording.replay();
    recording.replay();
    expect([...(await recording.read('sum'))]).toEqual([21, 42]);
    recording.replay();
    expect([...(await recording.read('sum'))]).toEqual([31, 62]);
    recording.dispose();
    expect([...(await total.data())]).toEqual([31, 62]);
    total.dispose();
  });

  it('reads the inputs that the host writes before each replay, also while earlier replays run', async () => {
    const input = new StagedTensor<tf.Rank.R1>([3], 'float32');
    const x = input.write(Float32Array.of(1, 2, 3));
    const recording = record(() => ({ square: tf.square(x) }));
    const results: Promise<Float32Array>[] = [];
    for (let n = 1; n <= 5; n++) {
      input.write(Float32Array.of(n, n + 1, n + 2));
      recording.replay();
      results.push(recording.read('square'));
    }
    const values = await Promise.all(results);
    values.forEach((row, i) => expect([...row]).toEqual([1, 2, 3].map((k) => (i + k) ** 2)));
    recording.dispose();
    input.dispose();
  });

  it('keeps its constants when buffers are reused', async () => {
    const x = variable([1, 2, 3, 4]);
    const recording = record(() => ({
      y: tf.tidy(() => {
        let y: tf.Tensor = x;
        // Constants of the same size as the results: a reused buffer would hold another value in the next replay.
        for (let n = 1; n <= 6; n++)
          y = tf.tidy(() => tf.add(tf.mul(y, tf.tensor1d([n, n, n, n])), tf.tensor1d([1, 1, 1, 1])));
        return y;
      }),
    }));
    const expected = [1, 2, 3, 4].map((start) => [1, 2, 3, 4, 5, 6].reduce((y, n) => y * n + 1, start));
    for (let n = 0; n < 3; n++) {
      recording.replay();
      expect([...(await recording.read('y'))]).toEqual(expected);
    }
    recording.dispose();
    x.dispose();
  });

  it('reuses the buffers of freed tensors', () => {
    const x = tf.ones([256, 256]);
    const recording = record(() => ({
      y: tf.tidy(() => Array.from({ length: 20 }).reduce<tf.Tensor>((y) => tf.tidy(() => tf.sin(y)), x)),
    }));
    expect(recording.commands).toBe(20);
    expect(recording.bytes).toBeLessThan(25 * 256 * 256 * 4);
    const scoped = record(() => {
      let y = tf.sin(x);
      for (let n = 1; n < 20; n++) {
        const next = tf.sin(y);
        y.dispose();
        y = next;
      }
      return { y };
    });
    expect(scoped.bytes).toBeLessThan(3 * 256 * 256 * 4);
    recording.dispose();
    scoped.dispose();
    x.dispose();
  });

  it('leaves the backend unchanged when the recorded function fails', async () => {
    const x = variable([1, 2]);
    const before = tf.memory().numTensors;
    const assigning = () => {
      tf.tidy(() => x.assign(tf.add(x, 1)));
      return { y: tf.square(x) };
    };
    expect(() => record(assigning)).toThrow(/must not dispose, or assign to/);
    let read: Promise<unknown> = Promise.resolve();
    const reading = () => {
      read = tf.tidy(() => tf.square(tf.ones([3]))).data();
      read.catch(() => undefined);
      return { y: tf.square(x) };
    };
    record(reading).dispose();
    await expect(read).rejects.toThrow();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1);
    expect([...(await tf.tidy(() => tf.add(tf.tensor1d([1, 2]), 1)).data())]).toEqual([2, 3]);
  });

  it('frees all its memory', () => {
    const x = tf.ones([64]);
    const before = tf.memory();
    const recording = record(() => ({ y: tf.tidy(() => tf.exp(tf.sin(x))) }));
    recording.replay();
    recording.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    x.dispose();
  });
});
