import * as tf from '@tensorflow/tfjs';
import type { Precision } from '../../../domain/runConfig';
import { settleVariants, withVariant } from '../conv2d/choice';
import { trainingConv2d } from '../conv2d/conv2d';
import { filterGradient } from '../conv2d/filterGradient';
import { type ConvGeometry, kernelShapeOf, xShapeOf, yShapeOf } from '../conv2d/geometry';
import { inputGradient } from '../conv2d/inputGradient';
import { CONV_PASSES, type ConvPass, type ConvVariant, nameOf, shapeClass, variantsOf } from '../conv2d/variants';
import { isWebGpu } from '../runtime/program';
import { checkSubgroups, currentDevice, lanesOf } from '../runtime/subgroups';
import { fastest } from './measure';
import type { TuningCache } from './tuningCache';

/** A convolution (or linear layer, as a 1 x 1 convolution) of a network, and which of its passes a step computes. */
export interface ConvUse {
  readonly geometry: ConvGeometry;
  readonly passes: readonly ConvPass[];
}

export interface TuningReport {
  readonly milliseconds: number;
  /** Name of the variant by shape class. */
  readonly chosen: ReadonlyMap<string, string>;
  /** How many of those were measured now; the others came from the cache, or were taken from other classes of their pass. */
  readonly measured: number;
}

/** One shape class of the network: its largest convolution, and the multiply-adds of all. */
interface Task {
  readonly className: string;
  readonly pass: ConvPass;
  geometry: ConvGeometry;
  work: number;
}

/** Raised when the kernels change so that earlier choices may not hold. */
const VERSION = 1;
/** The most elements of a tensor to measure with: the batch of larger images is reduced. */
const MAX_ELEMENTS = 4_000_000;

function multiplyAdds(g: ConvGeometry): number {
  return g.batch * g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth * g.inChannels * g.outChannels;
}

function tasksOf(uses: readonly ConvUse[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const { geometry, passes } of uses) {
    for (const pass of passes) {
      const className = shapeClass(pass, geometry);
      const work = multiplyAdds(geometry);
      const task = tasks.get(className);
      if (task === undefined) {
        tasks.set(className, { className, pass, geometry, work });
      } else {
        if (work > multiplyAdds(task.geometry)) task.geometry = geometry;
        task.work += work;
      }
    }
  }
  return [...tasks.values()].sort((a, b) => b.work - a.work);
}

/** The cache key of an adapter. Choices are valid for an adapter and its driver, as far as the browser names them. */
function adapterKey(device: GPUDevice, precision: Precision): string {
  const { vendor, architecture, device: model, description } = device.adapterInfo;
  return `conv ${VERSION} | ${[vendor, architecture, model, description].join(' ')} | ${lanesOf(device)}${precision === 'f16' ? ' f16' : ''}`;
}

/** Runs a pass of a convolution on constant values, since the time does not depend on the values. */
function trial({ pass, geometry }: Task): { run(): tf.Tensor; dispose(): void } {
  const perImage = Math.max(...[xShapeOf(geometry), yShapeOf(geometry)].map(([, h, w, c]) => h * w * c));
  const batch = Math.min(geometry.batch, Math.max(1, Math.floor(MAX_ELEMENTS / perImage)));
  const g = { ...geometry, batch };
  const filled = (shape: [number, number, number, number]) => tf.fill<tf.Rank.R4>(shape, 0.5);
  const [x, kernel, dy] = [xShapeOf(g), kernelShapeOf(g), yShapeOf(g)].map(filled);
  const passes = {
    forward: () => trainingConv2d(x, kernel, g.stride, g.pad),
    inputGradient: () => inputGradient(dy, kernel, g),
    filterGradient: () => filterGradient(x, dy, g),
  };
  return { run: passes[pass], dispose: () => tf.dispose([x, kernel, dy]) };
}

/** Whether the goal has fewer channels than most variants have columns: the fastest variant for it says nothing about wider goals. */
function isNarrow({ pass, geometry }: Task): boolean {
  return (pass === 'inputGradient' ? geometry.inChannels : geometry.outChannels) <= 8;
}

/** The chosen variant that does most of a pass's work; undefined if none was chosen. */
function mostUsed(tasks: readonly Task[], chosen: ReadonlyMap<string, ConvVariant>): ConvVariant | undefined {
  const work = new Map<ConvVariant, number>();
  for (const task of tasks) {
    const variant = chosen.get(task.className);
    if (variant !== undefined) work.set(variant, (work.get(variant) ?? 0) + task.work);
  }
  return [...work].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * Chooses, for every shape class of a network, the variant that is fastest on this adapter, and makes all convolutions use it from now on.
 * Choices in the cache are reused, so that a run on the same machine computes the same; the others are measured, the classes with most work
 * first. Classes for which `budgetMs` leaves no time use the variant that does most of the work of similar classes of their pass. Call it
 * before the first step of a run; without WebGPU it does nothing. With `precision` 'f16', variants that round their operands are tried,
 * too. The budget may be overrun by the time one variant takes to compile and run.
 */
export async function tuneConvolutions(
  uses: readonly ConvUse[],
  cache: TuningCache,
  budgetMs: number,
  precision: Precision = 'f32',
): Promise<TuningReport> {
  const names = new Map<string, string>();
  if (!isWebGpu()) return { milliseconds: 0, chosen: names, measured: 0 };
  await checkSubgroups();
  const started = tf.util.now();
  const device = currentDevice();
  const adapter = adapterKey(device, precision);
  const keyOf = (task: Task) => `${adapter} | ${task.className}`;
  const tasks = tasksOf(uses);
  const chosen = new Map<string, ConvVariant>();
  for (const task of tasks) {
    const name = await cache.get(keyOf(task));
    const known = variantsOf(task.pass, device, precision).find((variant) => nameOf(variant) === name);
    if (known !== undefined) chosen.set(task.className, known);
  }
  const unknown = tasks.filter((task) => !chosen.has(task.className));
  let measured = 0;
  for (const task of unknown) {
    if (tf.util.now() - started >= budgetMs) break;
    const { run, dispose } = trial(task);
    const choose = (variant: ConvVariant) => withVariant(() => variant, run);
    chosen.set(task.className, await fastest(variantsOf(task.pass, device, precision), choose, started + budgetMs));
    dispose();
    measured += 1;
  }
  const otherwise = new Map<ConvPass, ConvVariant>();
  for (const pass of CONV_PASSES) {
    const ofPass = tasks.filter((task) => task.pass === pass);
    const [initial] = variantsOf(pass, device);
    const wide =
      mostUsed(
        ofPass.filter((task) => !isNarrow(task)),
        chosen,
      ) ?? initial;
    const narrow = mostUsed(ofPass.filter(isNarrow), chosen) ?? wide;
    otherwise.set(pass, wide);
    for (const task of ofPass) {
      if (!chosen.has(task.className)) chosen.set(task.className, isNarrow(task) ? narrow : wide);
    }
  }
  for (const task of tasks) {
    const variant = chosen.get(task.className);
    if (variant === undefined) continue;
    names.set(task.className, nameOf(variant));
    if (unknown.includes(task)) await cache.set(keyOf(task), nameOf(variant));
  }
  settleVariants(device, chosen, otherwise);
  return { milliseconds: tf.util.now() - started, chosen: names, measured };
}
