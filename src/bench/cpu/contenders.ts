import * as tf from '@tensorflow/tfjs';
import { plainFilterGradient } from '../../engine/kernels/conv2d/filterGradient';
import {
  type ConvGeometry,
  convGeometry,
  kernelShapeOf,
  xShapeOf,
  yShapeOf,
} from '../../engine/kernels/conv2d/geometry';
import { plainInputGradient } from '../../engine/kernels/conv2d/inputGradient';
import { compileKernels, type Kernel } from '../../engine/kernels/wasmgen/kernel';
import { webAssembly } from '../../engine/kernels/wasmgen/webAssembly';
import type { Contender } from '../contender';
import { XNNPACK_BACKEND } from '../xnnpack/backend';
import type { CpuKernelCase } from './kernelCases';

const PAGE = 65536;
/** Buffers begin at multiples of a cache line, with one between them. */
const LINE = 64;

/** A generated kernel on one thread, in a memory of its own; `sizes` are the bytes of its buffers. */
export function kernelContender(kernel: Kernel, sizes: readonly number[]): Contender {
  let end = LINE;
  const offsets = sizes.map((bytes) => {
    const start = end;
    end += (Math.ceil(bytes / LINE) + 1) * LINE;
    return start;
  });
  const memory = new webAssembly.Memory({ initial: Math.ceil((end + kernel.scratchBytes) / PAGE) });
  new Float32Array(memory.buffer).fill(1 / 64);
  const run = compileKernels([kernel], memory);
  return {
    step: () => run(kernel, offsets, end, 0, kernel.units),
    finish: async () => undefined,
    dispose: () => undefined,
  };
}

/** The same pass of a convolution on tfjs's WASM backend, which must be started. */
export async function xnnpackContender({ shape, pass }: CpuKernelCase): Promise<Contender> {
  await tf.setBackend(XNNPACK_BACKEND);
  const { images, height, width, inChannels, outChannels, size, stride } = shape;
  const g: ConvGeometry = convGeometry(
    [images, height, width, inChannels],
    [size, size, inChannels, outChannels],
    stride,
    (size - 1) / 2,
  );
  const x = tf.fill<tf.Rank.R4>(xShapeOf(g), 1 / 64);
  const kernel = tf.fill<tf.Rank.R4>(kernelShapeOf(g), 1 / 64);
  const dy = tf.fill<tf.Rank.R4>(yShapeOf(g), 1 / 64);
  const run = {
    forward: () => tf.conv2d(x, kernel, g.stride, g.pad),
    'input gradient': () => plainInputGradient(dy, kernel, g),
    'filter gradient': () => plainFilterGradient(x, dy, g),
  }[pass];
  return {
    async enter() {
      await tf.setBackend(XNNPACK_BACKEND);
    },
    step: () => tf.tidy(run).dispose(),
    finish: async () => undefined,
    dispose: () => tf.dispose([x, kernel, dy]),
  };
}
