import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { defineProgram, isWebGpu, runProgram } from '../../../src/engine/kernels/runtime/program';
import { describeOnGpu, takeGpuErrors } from './harness';

const twoOutputs = defineProgram({
  name: 'twoOutputs',
  inputs: { x: 'f32', unused: 'f32' },
  outputs: { sum: 'f32', index: 'i32' },
  uniforms: { scale: 'f32', offset: 'i32' },
  constants: { STEP: 3 },
  workgroupSize: [64, 1, 1],
  entry: 'threads',
  code: `
fn run(i : i32) {
  sum[i] = sum[i] + uniforms.scale * x[i];
  index[i] = i * STEP + uniforms.offset;
}`,
});

describeOnGpu('running a program', () => {
  it('knows the backend', () => {
    expect(isWebGpu()).toBe(true);
    tf.setBackend('cpu');
    expect(isWebGpu()).toBe(false);
    tf.setBackend('webgpu');
  });

  it('writes a new tensor and one in place, also after its values were read', async () => {
    const before = tf.memory().numTensors;
    const x = tf.range(0, 5);
    const sum = tf.ones([5]);
    expect([...(await sum.data())]).toEqual([1, 1, 1, 1, 1]);
    const results = runProgram(twoOutputs, {
      inputs: { x, unused: x },
      outputs: { sum, index: [5] },
      uniforms: { scale: 2, offset: 10 },
      size: 5,
    });
    expect(results.sum).toBe(sum);
    expect([...(await sum.data())]).toEqual([1, 3, 5, 7, 9]);
    expect(results.index.dtype).toBe('int32');
    expect([...(await results.index.data())]).toEqual([10, 13, 16, 19, 22]);
    tf.dispose([x, sum, results.index]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs in order with the ops before and after it, and reuses the buffers it frees', async () => {
    const bytes = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
    const step = () =>
      tf.tidy(() => {
        const x = tf.mul(tf.ones([100]), 3);
        const { sum } = runProgram(twoOutputs, {
          inputs: { x, unused: x },
          outputs: { sum: tf.add(x, 1), index: [100] },
          uniforms: { scale: 1, offset: 0 },
          size: 100,
        });
        return tf.mul(sum, 10);
      });
    const first = step();
    expect((await first.data()).every((v) => v === 70)).toBe(true);
    const held = bytes();
    for (let i = 0; i < 50; i++) {
      const y = step();
      expect((await y.data())[99]).toBe(70);
      y.dispose();
    }
    expect(bytes()).toBe(held);
    first.dispose();
  });

  it('covers more workgroups than one dimension of a dispatch holds', async () => {
    const program = defineProgram({
      name: 'indices',
      inputs: {},
      outputs: { out: 'i32' },
      uniforms: {},
      workgroupSize: [1, 1, 1],
      entry: 'threads',
      code: 'fn run(i : i32) { out[i] = i; }',
    });
    const count = 200_001;
    const { out } = runProgram(program, { inputs: {}, outputs: { out: [count] }, uniforms: {}, size: count });
    expect((await out.data()).every((value, i) => value === i)).toBe(true);
    out.dispose();
  });

  it('calls each workgroup once, however many there are along x', async () => {
    const program = defineProgram({
      name: 'groups',
      inputs: {},
      outputs: { out: 'i32' },
      uniforms: { width: 'i32', height: 'i32' },
      workgroupSize: [2, 1, 1],
      entry: 'workgroups',
      code: `
var<workgroup> other : array<i32, 2>;
fn run(group : vec3<u32>, local : vec3<u32>) {
  other[local.x] = i32(local.x) + 1;
  workgroupBarrier();
  let i = (i32(group.z) * uniforms.height + i32(group.y)) * uniforms.width + i32(group.x);
  out[2 * i + i32(local.x)] += 10 * i + other[1 - local.x];
}`,
    });
    for (const [width, height, depth] of [
      [65_535, 2, 1],
      [65_536, 1, 1],
      [150_001, 2, 3],
    ] as const) {
      const out = tf.zeros([2 * width * height * depth], 'int32');
      const size = [width, height, depth] as const;
      runProgram(program, { inputs: {}, outputs: { out }, uniforms: { width, height }, size });
      const expected = (_: number, at: number) => 10 * Math.floor(at / 2) + (at % 2 === 0 ? 2 : 1);
      const wrong = (await out.data()).findIndex((value, at) => value !== expected(value, at));
      expect(wrong, `${size}`).toBe(-1);
      out.dispose();
    }
  });

  it('gives workgroup programs what is uniform, so that barriers stand inside loops', async () => {
    const program = defineProgram({
      name: 'groupSum',
      inputs: { x: 'f32' },
      outputs: { sums: 'f32' },
      uniforms: { width: 'i32' },
      workgroupSize: [4, 2, 1],
      entry: 'workgroups',
      code: `
var<workgroup> part : array<f32, 8>;
fn run(group : vec3<u32>, local : vec3<u32>) {
  let lane = local.y * 4u + local.x;
  var total = 0.0;
  for (var row = group.x; row < 6u; row += 3u) {
    part[lane] = x[i32(row) * uniforms.width + i32(lane)];
    workgroupBarrier();
    if (lane == 0u) { for (var i = 0; i < 8; i++) { total += part[i]; } }
    workgroupBarrier();
  }
  if (lane == 0u) { sums[group.x] = total; }
}`,
    });
    const x = tf.range(0, 48);
    const { sums } = runProgram(program, {
      inputs: { x },
      outputs: { sums: [3] },
      uniforms: { width: 8 },
      size: [3, 1, 1],
    });
    const rowSum = (row: number) => 8 * 8 * row + 28;
    expect([...(await sums.data())]).toEqual([0, 1, 2].map((g) => rowSum(g) + rowSum(g + 3)));
    tf.dispose([x, sums]);
  });

  it('reports bad WGSL, and refuses an empty dispatch', async () => {
    const program = defineProgram({
      name: 'broken',
      inputs: {},
      outputs: { out: 'f32' },
      uniforms: {},
      workgroupSize: [1, 1, 1],
      entry: 'threads',
      code: 'fn run(i : i32) { out[i] = nothing; }',
    });
    const run = (size: number) => runProgram(program, { inputs: {}, outputs: { out: [1] }, uniforms: {}, size }).out;
    const out = run(1);
    // Reading a computed tensor waits for the queue, and so for the errors of all queued commands.
    await tf.tidy(() => tf.zeros([1]).add(0)).data();
    expect(takeGpuErrors().join()).toContain('nothing');
    expect(() => run(0)).toThrow('broken');
    out.dispose();
  });
});
