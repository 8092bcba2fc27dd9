import { type FunctionBuilder, type FunctionHandle, i32, type Local, ModuleBuilder } from './assembler';
import { type WasmMemory, webAssembly } from './webAssembly';

/** How the computation is compiled. */
export interface Variant {
  /** Multiply-adds in one rounding (relaxed SIMD). It changes the last bits. */
  readonly fma: boolean;
}

/**
 * A function to be generated: `(...buffers, scratch, from, to)`, all byte offsets into the memory except the last two. It computes the
 * units `from` to `to - 1` of its work; units may be computed in any order and by several threads at once, and always give the same bits.
 */
export interface Kernel<Buffer extends string = string> {
  /** Contains shape and variant: kernels of the same name are one function. */
  readonly name: string;
  /** The offsets it takes, in order. */
  readonly buffers: readonly Buffer[];
  /** The parts that the work consists of. */
  readonly units: number;
  /** Bytes that a thread needs for itself while it runs. */
  readonly scratchBytes: number;
  addTo(module: ModuleBuilder): FunctionHandle;
}

type Arguments<Buffer extends string> = Readonly<Record<Buffer | 'scratch' | 'from' | 'to', Local<'i32'>>>;

interface Definition<Buffer extends string> {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly units: number;
  readonly scratchBytes?: number;
  write(f: FunctionBuilder, given: Arguments<Buffer>, module: ModuleBuilder): void;
}

export function defineKernel<Buffer extends string>(definition: Definition<Buffer>): Kernel<Buffer> {
  const { name, buffers, units, scratchBytes = 0, write } = definition;
  return {
    name,
    buffers,
    units,
    scratchBytes,
    addTo: (module) =>
      module.function(name, [...buffers, 'scratch', 'from', 'to'], (f, given: Arguments<Buffer>) => {
        // Returns where there are no units, so that loops over units may run at least once.
        f.if(i32.ltU(given.from, given.to), () => write(f, given, module));
      }),
  };
}

/** Runs units of a kernel; offsets in the order of `buffers`. */
export type RunKernel = (kernel: Kernel, offsets: readonly number[], scratch: number, from: number, to: number) => void;

/** The module of these kernels, each exported by its name; it imports `env.memory`, which threads share or not. */
export function assembleKernels(kernels: readonly Kernel[], shared: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  for (const kernel of kernels) kernel.addTo(module);
  return module.bytes(shared);
}

/** Compiles the kernels of a module against the memory that it imports. */
export function instantiateKernels(bytes: Uint8Array<ArrayBuffer>, memory: WasmMemory): RunKernel {
  const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), { env: { memory } });
  return (kernel, offsets, scratch, from, to) => {
    const run = exports[kernel.name];
    if (typeof run !== 'function') throw new Error(`The kernel ${kernel.name} was not compiled`);
    run(...offsets, scratch, from, to);
  };
}

/** Assembles and compiles kernels; `shared` says whether threads share the memory. */
export function compileKernels(kernels: readonly Kernel[], memory: WasmMemory, shared = false): RunKernel {
  return instantiateKernels(assembleKernels(kernels, shared), memory);
}
