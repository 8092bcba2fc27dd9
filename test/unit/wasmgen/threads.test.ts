import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { planConvolution } from '../../../src/engine/kernels/wasmgen/convolution/plan';
import { type ConvShape, weightsOf } from '../../../src/engine/kernels/wasmgen/convolution/shape';
import { assembleKernels, compileKernels, type Kernel } from '../../../src/engine/kernels/wasmgen/kernel';
import { xLength, yLength } from './convolutionReference';
import { randomFloats, VARIANTS, variantName } from './harness';

/** A thread that runs what it is sent: the function's name and its arguments. */
const THREAD = `
const { parentPort, workerData: { bytes, memory } } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
parentPort.on('message', ({ name, values }) => { exports[name](...values); parentPort.postMessage('done'); });`;

const MEMORY_PAGES = 256;

describe.each(VARIANTS.map((v) => [variantName(v), v] as const))(
  'kernels on threads that share a memory, %s',
  (_, variant) => {
    it('give the bits of one thread', async () => {
      const shape: ConvShape = { images: 32, height: 8, width: 8, inChannels: 16, outChannels: 16, size: 3, stride: 1 };
      const { forward, filterGradient } = planConvolution(shape, variant);
      const kernels = [forward.pack, forward.run, filterGradient.run, filterGradient.sum];
      const memory = new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
      let end = 64;
      const reserve = (bytes: number): number => {
        end += bytes;
        return end - bytes;
      };
      const write = (numbers: Float32Array): number => {
        const offset = reserve(4 * numbers.length);
        new Float32Array(memory.buffer).set(numbers, offset / 4);
        return offset;
      };
      const [x, w, dy] = [
        write(randomFloats(xLength(shape), 1)),
        write(randomFloats(weightsOf(shape), 2)),
        write(randomFloats(yLength(shape), 3)),
      ];
      const panels = reserve(forward.panelBytes);
      const [y, partials, dw] = [
        reserve(4 * yLength(shape)),
        reserve(filterGradient.partialBytes),
        reserve(4 * weightsOf(shape)),
      ];
      const scratchBytes = Math.max(...kernels.map((kernel) => kernel.scratchBytes));
      const scratch = [reserve(scratchBytes), reserve(scratchBytes)];
      const calls: [Kernel, number[]][] = [
        [forward.pack, [w, panels]],
        [forward.run, [x, panels, y]],
        [filterGradient.run, [x, dy, partials]],
        [filterGradient.sum, [partials, dw]],
      ];
      const results = () => [
        new Float32Array(memory.buffer, y, yLength(shape)).slice(),
        new Float32Array(memory.buffer, dw, weightsOf(shape)).slice(),
      ];

      const run = compileKernels(kernels, memory, true);
      for (const [kernel, offsets] of calls) run(kernel, offsets, scratch[0]!, 0, kernel.units);
      const alone = results();
      new Float32Array(memory.buffer, y, yLength(shape)).fill(Number.NaN);
      new Float32Array(memory.buffer, dw, weightsOf(shape)).fill(Number.NaN);

      const workerData = { bytes: assembleKernels(kernels, true), memory };
      const threads = scratch.map(() => new Worker(THREAD, { eval: true, workerData }));
      try {
        for (const [kernel, offsets] of calls) {
          const middle = Math.floor(kernel.units / 2);
          const shares = [
            [0, middle],
            [middle, kernel.units],
          ];
          await Promise.all(
            threads.map((thread, i) => {
              const done = once(thread, 'message');
              thread.postMessage({ name: kernel.name, values: [...offsets, scratch[i]!, ...shares[i]!] });
              return done;
            }),
          );
        }
      } finally {
        await Promise.all(threads.map((thread) => thread.terminate()));
      }
      expect(alone[0]!.every(Number.isFinite)).toBe(true);
      expect(results()).toEqual(alone);
    });
  },
);
