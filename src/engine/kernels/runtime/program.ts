import * as tf from '@tensorflow/tfjs';
import { bufferOf, type Pass, type TfjsWebGpu, tfjsWebGpu } from './tfjsWebGpu';

/**
 * How a WGSL program of ours runs on tfjs's WebGPU backend, on its tensors and in its command queue, in order with tfjs's own kernels. It
 * is used instead of the backend's `runWebGPUProgram`, which supports one output per program, binds with an 'auto' layout (a binding that
 * the code does not use makes the bind group invalid) and passes the workgroup id as a private variable (no barrier is allowed inside a
 * loop bounded by it).
 */

/** Element type of a storage buffer. Vectors need a size divisible by their length. `u32` reads the bits of an int32 tensor. */
export type StorageType = 'f32' | 'vec2<f32>' | 'vec4<f32>' | 'i32' | 'u32' | 'vec2<i32>' | 'vec4<i32>' | 'vec4<u32>';
export type UniformType = 'i32' | 'u32' | 'f32';

interface ProgramParts<In extends string, Out extends string, Uni extends string> {
  /** Shown in error messages and profiles. */
  readonly name: string;
  /** Read-only buffers: `NAME[i]` in the code. */
  readonly inputs: Readonly<Record<In, StorageType>>;
  /** Written buffers: `NAME[i] = ...` in the code. The adapter limits the number of inputs and outputs together; all adapters allow 8. */
  readonly outputs: Readonly<Record<Out, StorageType>>;
  /** Scalars: `uniforms.NAME` in the code. Shapes belong here, so that one pipeline serves all of them. */
  readonly uniforms: Readonly<Record<Uni, UniformType>>;
  /** Compile-time constants, `const NAME : i32` in the code; each combination of values is compiled to its own pipeline. */
  readonly constants?: Readonly<Record<string, number>>;
  readonly workgroupSize: readonly [number, number, number];
  /**
   * The function of `code` that is called:
   * - 'threads': `fn run(index : i32)` once for each index below the `threads` of the dispatch (surplus threads skip it, so no barriers);
   * - 'workgroups': `fn run(group : vec3<u32>, local : vec3<u32>)` for each workgroup of the dispatch (x is not limited by the device) and
   *   local_invocation_id; barriers allowed.
   */
  readonly entry: 'threads' | 'workgroups';
  /** WGSL: `run` and what it needs. */
  readonly code: string;
}

/** A program ready to be dispatched; made once, by `defineProgram`. */
export interface KernelProgram<In extends string, Out extends string, Uni extends string>
  extends ProgramParts<In, Out, Uni> {
  readonly source: string;
  readonly inputNames: readonly In[];
  readonly outputNames: readonly Out[];
  readonly uniformNames: readonly Uni[];
}

export interface Dispatch<In extends string, Out extends string, Uni extends string> {
  readonly inputs: Readonly<Record<In, tf.TensorInfo>>;
  /**
   * A shape makes a new tensor; a tensor is overwritten in place, and so is all that shares its data (`clone`, `reshape`). A tensor written
   * in place cannot be an input of the same dispatch: read it through the output.
   */
  readonly outputs: Readonly<Record<Out, readonly number[] | tf.Tensor>>;
  readonly uniforms: Readonly<Record<Uni, number>>;
  /** Number of invocations of a 'threads' program, or number of workgroups of a 'workgroups' program. */
  readonly size: number | readonly [number, number, number];
}

interface Compiled {
  readonly layout: GPUBindGroupLayout;
  readonly descriptor: GPUComputePipelineDescriptor;
  /** Null until it is compiled. */
  pipeline: GPUComputePipeline | null;
}

const compiledOn = new WeakMap<GPUDevice, Map<string, Compiled>>();

let plainTwins = false;

/** Whether programs can run: tfjs's WebGPU backend is active, and plain implementations are not preferred. */
export function isWebGpu(): boolean {
  return tf.getBackend() === 'webgpu' && !plainTwins;
}

/** Makes ops use their plain implementations on WebGPU too, until called with false; benchmarks compare with these. */
export function preferPlainTwins(prefer: boolean): void {
  plainTwins = prefer;
}

function namesOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}

function buildSource<In extends string, Out extends string, Uni extends string>(
  parts: ProgramParts<In, Out, Uni>,
): string {
  const { inputs, outputs, uniforms, constants = {}, workgroupSize, entry } = parts;
  const [sx, sy, sz] = workgroupSize;
  const invocations = sx * sy * sz;
  const members = namesOf(uniforms).map((name) => `  ${name} : ${uniforms[name]},\n`);
  const buffers = [
    ...namesOf(outputs).map((name) => `var<storage, read_write> ${name} : array<${outputs[name]}>;`),
    ...namesOf(inputs).map((name) => `var<storage, read> ${name} : array<${inputs[name]}>;`),
    'var<uniform> uniforms : Uniforms;',
  ];
  const call =
    entry === 'workgroups'
      ? `  let layers = (u32(uniforms.threads) + groups.x - 1) / groups.x;
  let x = group.x + groups.x * (group.y % layers);
  if (x < u32(uniforms.threads)) { run(vec3<u32>(x, group.y / layers, group.z), local); }`
      : `  let index = i32(((group.z * groups.y + group.y) * groups.x + group.x) * ${invocations}u + flat);
  if (index < uniforms.threads) { run(index); }`;
  return [
    `struct Uniforms {\n  threads : i32,\n${members.join('')}};`,
    ...buffers.map((buffer, binding) => `@group(0) @binding(${binding}) ${buffer}`),
    ...namesOf(constants).map((name) => `const ${name} : i32 = ${constants[name]};`),
    parts.code,
    `@compute @workgroup_size(${sx}, ${sy}, ${sz})
fn main(@builtin(workgroup_id) group : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>,
        @builtin(local_invocation_id) local : vec3<u32>, @builtin(local_invocation_index) flat : u32) {
${call}
}`,
  ].join('\n');
}

/** Generates the WGSL source, which is the key of the pipeline. Call it at module level, or keep the program in a cache. */
export function defineProgram<In extends string, Out extends string, Uni extends string>(
  parts: ProgramParts<In, Out, Uni>,
): KernelProgram<In, Out, Uni> {
  return {
    ...parts,
    source: buildSource(parts),
    inputNames: namesOf(parts.inputs),
    outputNames: namesOf(parts.outputs),
    uniformNames: namesOf(parts.uniforms),
  };
}

/** The program with an extension of WGSL switched on; only for devices with the feature it needs. */
export function withExtension<P extends KernelProgram<string, string, string>>(
  program: P,
  extension: 'f16' | 'subgroups',
): P {
  return { ...program, source: `enable ${extension};\n${program.source}` };
}

/** Pipelines being compiled during `compileProgramsOf`, else null. */
let compiling: Promise<void>[] | null = null;

/**
 * Compiles the pipelines of the programs that `body` runs, in parallel and without dispatching them; their outputs have no values. The
 * caller discards everything else that `body` queues.
 */
export async function compileProgramsOf(body: () => void): Promise<void> {
  const started: Promise<void>[] = [];
  compiling = started;
  try {
    body();
  } finally {
    compiling = null;
  }
  await Promise.all(started);
}

function compiledProgram<In extends string, Out extends string, Uni extends string>(
  device: GPUDevice,
  program: KernelProgram<In, Out, Uni>,
): Compiled {
  let known = compiledOn.get(device);
  if (known === undefined) {
    known = new Map();
    compiledOn.set(device, known);
  }
  let compiled = known.get(program.source);
  if (compiled !== undefined) return compiled;
  const types: GPUBufferBindingType[] = [
    ...program.outputNames.map(() => 'storage' as const),
    ...program.inputNames.map(() => 'read-only-storage' as const),
    'uniform',
  ];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  });
  const descriptor: GPUComputePipelineDescriptor = {
    label: program.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: {
      module: device.createShaderModule({ label: program.name, code: program.source }),
      entryPoint: 'main',
    },
  };
  compiled = { layout, descriptor, pipeline: null };
  known.set(program.source, compiled);
  return compiled;
}

async function compileAhead(device: GPUDevice, compiled: Compiled): Promise<void> {
  const pipeline = await device.createComputePipelineAsync(compiled.descriptor);
  compiled.pipeline ??= pipeline;
}

/** How many storage buffers a dispatch may bind. */
export function storageBufferLimit(): number {
  return tfjsWebGpu().device.limits.maxStorageBuffersPerShaderStage;
}

/** The largest tensor that a dispatch can bind, in bytes. */
export function bindingLimit(): number {
  return tf.getBackend() === 'webgpu'
    ? tfjsWebGpu().device.limits.maxStorageBufferBindingSize
    : Number.POSITIVE_INFINITY;
}

function computePass(backend: TfjsWebGpu): Pass {
  backend.ensureCommandEncoderReady();
  if (backend.computePassEncoder === null) {
    if (backend.commandEncoder === null) throw new Error('the WebGPU backend of tfjs made no command encoder');
    backend.computePassEncoder = backend.commandEncoder.beginComputePass();
  }
  return backend.computePassEncoder;
}

/** Spreads a flat number of workgroups over the dimensions of a dispatch, each of which the device limits. */
function spread(workgroups: number, limit: number): [number, number, number] {
  if (workgroups <= limit) return [workgroups, 1, 1];
  const rows = Math.ceil(workgroups / limit);
  if (rows <= limit) return [Math.ceil(workgroups / rows), rows, 1];
  const layers = Math.ceil(rows / limit);
  return [limit, Math.ceil(rows / layers), layers];
}

/** Moves the part of x that exceeds the device's limit into y; the shader's `main` undoes it. */
function layered([x, y, z]: readonly [number, number, number], limit: number): [number, number, number] {
  const layers = Math.ceil(x / limit);
  return [Math.ceil(x / layers), y * layers, z];
}

function uniformBuffer(
  backend: TfjsWebGpu,
  types: readonly UniformType[],
  values: readonly number[],
  threads: number,
): GPUBuffer {
  const bytes = new DataView(new ArrayBuffer(4 + 4 * types.length));
  bytes.setInt32(0, threads, true);
  types.forEach((type, i) => {
    const value = values[i] ?? 0;
    if (type === 'f32') bytes.setFloat32(4 + 4 * i, value, true);
    else if (type === 'i32') bytes.setInt32(4 + 4 * i, value, true);
    else bytes.setUint32(4 + 4 * i, value, true);
  });
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
  const buffer = backend.bufferManager.acquireBuffer(bytes.byteLength, usage);
  backend.queue.writeBuffer(buffer, 0, bytes.buffer);
  backend.uniformPendingDisposal.push(buffer);
  return buffer;
}

/** The buffer of a tensor, kept until the commands that use it are submitted. */
function boundBuffer(backend: TfjsWebGpu, dataId: tf.TensorInfo['dataId']): GPUBuffer {
  const buffer = bufferOf(backend, dataId);
  backend.commandQueueOwnedIds.add(dataId);
  return buffer;
}

/**
 * Queues a program and returns its outputs, tracked by tfjs like any op's result (`tf.tidy` frees them). Only where `isWebGpu()`. Errors in
 * the WGSL or the bindings do not throw here: WebGPU reports them to the device's `onuncapturederror`, and the outputs are then invalid.
 * @throws Error when the size asked for is not a positive number.
 */
export function runProgram<In extends string, Out extends string, Uni extends string>(
  program: KernelProgram<In, Out, Uni>,
  { inputs, outputs, uniforms, size }: Dispatch<In, Out, Uni>,
): Record<Out, tf.Tensor> {
  const backend = tfjsWebGpu();
  const { device } = backend;
  const compiled = compiledProgram(device, program);
  const [sx, sy, sz] = program.workgroupSize;
  const limit = device.limits.maxComputeWorkgroupsPerDimension;
  const [first, ...others] = typeof size === 'number' ? [size, 1, 1] : size;
  const groups =
    program.entry === 'threads' ? spread(Math.ceil(first / (sx * sy * sz)), limit) : layered([first, ...others], limit);
  if (!groups.every((n) => n > 0))
    throw new Error(`${program.name}: the size of a dispatch must be positive, got ${size}`);

  const results = {} as Record<Out, tf.Tensor>;
  const buffers: GPUBuffer[] = [];
  for (const name of program.outputNames) {
    const output: readonly number[] | tf.Tensor = outputs[name];
    if (output instanceof tf.Tensor) {
      results[name] = output;
    } else {
      const dtype = program.outputs[name].includes('f32') ? 'float32' : 'int32';
      results[name] = tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...output], dtype));
    }
    buffers.push(boundBuffer(backend, results[name].dataId));
  }
  if (compiling !== null) {
    if (compiled.pipeline === null) compiling.push(compileAhead(device, compiled));
    return results;
  }
  for (const name of program.inputNames) buffers.push(boundBuffer(backend, inputs[name].dataId));
  buffers.push(
    uniformBuffer(
      backend,
      program.uniformNames.map((name) => program.uniforms[name]),
      program.uniformNames.map((name) => uniforms[name]),
      first,
    ),
  );

  const bindGroup = device.createBindGroup({
    layout: compiled.layout,
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const pass = computePass(backend);
  compiled.pipeline ??= device.createComputePipeline(compiled.descriptor);
  pass.setPipeline(compiled.pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
  backend.dispatchCountInPass += 1;
  if (backend.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  return results;
}
