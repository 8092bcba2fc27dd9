import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { defineProgram, isWebGpu, type KernelProgram, runProgram, withExtension } from './program';

/**
 * WGSL for values that all threads of a subgroup need. A load costs the same for one address as for many, so each lane loads one value and
 * broadcasts it to the others, which on most adapters is a register move. `lanes` is the result of `lanesOf`: workgroups have this many
 * threads, so that each is one subgroup or part of one. All threads must execute this code, so no thread may return early before it.
 */

/** The device that tfjs computes on; only where `isWebGpu()`. */
export function currentDevice(): GPUDevice {
  return (tf.backend() as WebGPUBackend).device;
}

/** Devices on which a workgroup of this size is not one subgroup (`checkSubgroups`). */
const unfit = new WeakSet<GPUDevice>();

/**
 * Threads of the smallest subgroup that the device forms, a power of two from 4; 0 where it has no subgroups, smaller ones, or unfit ones.
 */
export function lanesOf(device: GPUDevice): number {
  if (unfit.has(device)) return 0;
  const smallest = device.features.has('subgroups') ? (device.adapterInfo.subgroupMinSize ?? 0) : 0;
  return smallest >= 4 ? smallest : 0;
}

/** Lanes that load at a time: a divisor of every number of channels that a thread owns. */
export function loadersOf(lanes: number): number {
  return Math.min(8, lanes);
}

/** WGSL `let lane`: the index of this thread among those that load. */
export function laneCode(lanes: number): string {
  // Counted, since WGSL does not guarantee that local_invocation_index follows the order of lanes.
  return `  let lane = i32(subgroupExclusiveAdd(1u)) % ${loadersOf(lanes)};`;
}

/**
 * Loads `count` values into lanes and defines `NAME0`, `NAME1`, ... as vec4s of them, the same in all lanes.
 * @param at returns the WGSL of one value, given the WGSL of its index
 */
export function broadcastCode(
  name: string,
  count: number,
  lanes: number,
  indent: string,
  at: (index: string) => string,
): string[] {
  const loaders = loadersOf(lanes);
  const loads = Array.from(
    { length: count / loaders },
    (_, i) => `${indent}let ${name}_lanes${i} = ${at(`${i * loaders} + lane`)};`,
  );
  const value = (i: number) => `subgroupBroadcast(${name}_lanes${Math.floor(i / loaders)}, ${i % loaders}u)`;
  const vectors = Array.from({ length: count / 4 }, (_, q) => {
    const values = [0, 1, 2, 3].map((i) => value(4 * q + i));
    return `${indent}let ${name}${q} = vec4<f32>(${values.join(', ')});`;
  });
  return [...loads, ...vectors];
}

/** The program with the subgroup functions switched on; only for devices with the feature 'subgroups'. */
export function withSubgroups<P extends KernelProgram<string, string, string>>(program: P): P {
  return withExtension(program, 'subgroups');
}

/** Each thread writes whether its workgroup of `lanes` threads is one subgroup with lanes in order. */
function checkProgram(lanes: number) {
  return withSubgroups(
    defineProgram({
      name: 'subgroupCheck',
      inputs: {},
      outputs: { fits: 'i32' },
      uniforms: { lanes: 'i32' },
      workgroupSize: [lanes, 1, 1],
      entry: 'workgroups',
      code: `
fn run(group : vec3<u32>, local : vec3<u32>) {
  let index = i32(group.x) * uniforms.lanes + i32(local.x);
  let place = i32(subgroupExclusiveAdd(1u));
  let last = subgroupBroadcast(place, ${loadersOf(lanes) - 1}u);
  let all = subgroupAdd(index);
  let first = index - i32(local.x);
  let whole = uniforms.lanes * first + uniforms.lanes * (uniforms.lanes - 1) / 2;
  fits[index] = select(0, 1, all == whole && last == ${loadersOf(lanes) - 1} && place < uniforms.lanes);
}`,
    }),
  );
}

const CHECKED_GROUPS = 64;

/**
 * Checks that workgroups of `lanesOf` threads are single subgroups, which WebGPU does not guarantee. If they are not, `lanesOf` returns 0
 * for this device from then on. Call it before the first step; without WebGPU it does nothing.
 */
export async function checkSubgroups(): Promise<void> {
  if (!isWebGpu()) return;
  const device = currentDevice();
  const lanes = lanesOf(device);
  if (lanes === 0) return;
  const { fits } = runProgram(checkProgram(lanes), {
    inputs: {},
    outputs: { fits: [CHECKED_GROUPS * lanes] },
    uniforms: { lanes },
    size: [CHECKED_GROUPS, 1, 1],
  });
  const values = await fits.data();
  fits.dispose();
  if (values.some((value) => value !== 1)) unfit.add(device);
}
