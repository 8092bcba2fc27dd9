import * as tf from '@tensorflow/tfjs';
import type { EngineInfo } from '../../domain/engineInfo';
import type { EngineChoice } from '../../domain/runConfig';
import { loadTfjsWebGpu } from '../kernels/runtime/tfjsWebGpu';
import { type DeviceHooks, type DeviceOptions, requestGpuDevice } from './device';
import { NoEngineError } from './noEngineError';
import { multiplyAddRate, trainingRate } from './speed';
import { startWasm, type WasmOptions } from './wasm';
import { startWebGl } from './webgl';

const TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

/** A WebGPU device with at least this peak in GFLOP/s is used without trying other engines. */
const FAST_PEAK = 200;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let device: GPUDevice | null = null;

/** Frees the backend, all its tensors and its device; a run on it loses its weights. */
function removeBackend(name: EngineInfo['engine']): void {
  if (typeof tf.findBackendFactory(name) === 'function') tf.removeBackend(name);
  if (name !== 'webgpu') return;
  device?.destroy();
  device = null;
}

async function startWebGpu(hooks: DeviceHooks, limits: DeviceOptions['limits']): Promise<EngineInfo> {
  const requested = await requestGpuDevice(hooks, { limits });
  const { adapterInfo, description, isSoftware } = requested;
  device = requested.device;
  const makeBackend = await loadTfjsWebGpu();
  tf.registerBackend('webgpu', () => makeBackend(requested.device, adapterInfo));
  if (!(await tf.setBackend('webgpu'))) throw new Error('the WebGPU backend of tfjs did not start');
  // Without this, tfjs computes small tensors on the CPU, which rounds differently and waits for the device.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  const features = [...requested.device.features];
  return {
    engine: 'webgpu',
    description,
    isSoftware,
    features,
    threads: 0,
    oneThreadReason: null,
    fallbackReason: null,
  };
}

/** Starts engines, and remembers why some did not. */
class Attempts {
  readonly #reasons: string[] = [];

  async start(engine: EngineInfo['engine'], start: () => Promise<EngineInfo>): Promise<EngineInfo | null> {
    try {
      return await start();
    } catch (error) {
      this.note(`${TITLES[engine]}: ${reasonOf(error)}`);
      removeBackend(engine);
      return null;
    }
  }

  note(reason: string): void {
    this.#reasons.push(reason);
  }

  /** The chosen engine, with the reasons why others were not used. */
  taken(info: EngineInfo): EngineInfo {
    return this.#reasons.length > 0 ? { ...info, fallbackReason: this.#reasons.join('; ') } : info;
  }

  failure(choice: EngineChoice): NoEngineError {
    const reasons = this.#reasons.join('; ');
    const remedy = 'a recent Chrome, Edge, Firefox or Safari with hardware acceleration switched on';
    return new NoEngineError(
      choice === 'auto'
        ? `No engine on this machine can train: ${reasons}. Use ${remedy}.`
        : `The chosen engine does not run here: ${reasons}. Choose “automatic” for the engine, or use ${remedy}.`,
    );
  }
}

/**
 * Starts the fastest engine, by measurement. A GPU is recognised by its peak rate within milliseconds; a slower device is compared with
 * WASM, which is faster than a software adapter.
 */
async function startFastest(hooks: DeviceHooks, options: EngineOptions): Promise<EngineInfo> {
  const attempts = new Attempts();
  const webgpu = await attempts.start('webgpu', () => startWebGpu(hooks, options.limits));
  const peak = webgpu === null ? Number.POSITIVE_INFINITY : await multiplyAddRate();
  if (webgpu !== null && peak >= FAST_PEAK) return webgpu;
  const gpu = webgpu ?? (await attempts.start('webgl', startWebGl));
  const wasm = await attempts.start('wasm', () => startWasm(options));
  if (gpu === null || wasm === null) {
    const only = gpu ?? wasm;
    if (only === null) throw attempts.failure('auto');
    await tf.setBackend(only.engine);
    return attempts.taken(only);
  }
  const wasmRate = await trainingRate();
  let gpuRate = peak;
  if (peak > wasmRate) {
    await tf.setBackend(gpu.engine);
    gpuRate = await trainingRate();
  }
  const chosen = wasmRate >= gpuRate ? wasm : gpu;
  removeBackend(chosen === wasm ? gpu.engine : 'wasm');
  await tf.setBackend(chosen.engine);
  const measured = `${Math.round(wasmRate)} against ${peak > wasmRate ? '' : 'at most '}${gpuRate.toPrecision(2)} GFLOP/s`;
  if (chosen === wasm) {
    attempts.note(`${TITLES[gpu.engine]} on ${gpu.description} is slower here than the processor itself, ${measured}`);
  }
  return attempts.taken(chosen);
}

export interface EngineOptions extends WasmOptions {
  /** What the WebGPU device is asked for. */
  readonly limits?: DeviceOptions['limits'];
}

/**
 * Starts the chosen engine; `auto` measures briefly and starts the fastest. A second call, for instance after the device was lost, restarts
 * the engine; the tensors of the previous one are lost.
 * @throws NoEngineError when the chosen engine cannot run, or with `auto` no engine.
 */
export async function startEngine(
  choice: EngineChoice,
  hooks: DeviceHooks,
  options: EngineOptions = {},
): Promise<EngineInfo> {
  const { limits } = options;
  removeBackend('webgpu');
  removeBackend('wasm');
  if (choice === 'auto') return startFastest(hooks, options);
  const starts = {
    webgpu: () => startWebGpu(hooks, limits),
    webgl: startWebGl,
    wasm: () => startWasm(options),
  };
  const attempts = new Attempts();
  const info = await attempts.start(choice, starts[choice]);
  if (info === null) throw attempts.failure(choice);
  return info;
}
