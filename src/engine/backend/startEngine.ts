import * as tf from '@tensorflow/tfjs';
import type { EngineInfo } from '../../domain/engineInfo';
import type { EngineChoice } from '../../domain/runConfig';
import { loadTfjsWebGpu } from '../kernels/runtime/tfjsWebGpu';
import { chooseEngine, SOFTWARE_FACTOR, type Started, type Turn } from './chooseEngine';
import { type DeviceHooks, type DeviceOptions, requestGpuDevice, UNNAMED_ADAPTER } from './device';
import { NoEngineError } from './noEngineError';
import { multiplyAddRate, trainingRate, warmUp } from './speed';
import { startWasm, type WasmOptions } from './wasm';
import { startWebGl } from './webgl';

const TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

/** A WebGPU adapter that does not tell its name is taken for a GPU from this peak in GFLOP/s on. */
const GPU_PEAK = 200;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let device: GPUDevice | null = null;

/** WASM beside a software adapter that was measured to be faster, until `confirmEngine` has measured again. */
let provisional: { readonly gpu: EngineInfo; readonly wasm: EngineInfo } | null = null;

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

/** What an engine on an adapter runs on. WebGPU need not tell the adapter's name; its peak then says whether it is a GPU. */
async function hardwareOf(gpu: EngineInfo): Promise<'hardware' | 'software'> {
  if (gpu.isSoftware) return 'software';
  if (gpu.engine === 'webgl' || gpu.description !== UNNAMED_ADAPTER) return 'hardware';
  return (await multiplyAddRate()) >= GPU_PEAK ? 'hardware' : 'software';
}

/** Measures both engines in turn, until the rule has an answer. */
async function measuredChoice(
  started: Started,
  gpu: EngineInfo,
): Promise<{ readonly choice: 'gpu' | 'wasm'; readonly turns: readonly Turn[] }> {
  const turns: Turn[] = [];
  for (;;) {
    const choice = chooseEngine(started, turns);
    if (choice !== 'measure') return { choice: choice === 'gpu' ? 'gpu' : 'wasm', turns };
    await tf.setBackend('wasm');
    const wasm = await trainingRate();
    await tf.setBackend(gpu.engine);
    // No training step reaches the peak, which is measured much faster than a step on a software adapter.
    const peak = gpu.engine === 'webgpu' ? await multiplyAddRate() : Number.POSITIVE_INFINITY;
    turns.push({ gpu: peak < SOFTWARE_FACTOR * wasm ? peak : await trainingRate(), wasm });
  }
}

/** Why WASM is used beside an adapter, by the last turn of measuring. */
function slowerAdapter({ engine, description }: EngineInfo, turns: readonly Turn[]): string {
  const { gpu, wasm } = turns.at(-1) ?? { gpu: 0, wasm: 0 };
  const measured = `${gpu.toPrecision(2)} against ${wasm.toPrecision(2)} GFLOP/s`;
  const comparison =
    gpu < wasm
      ? 'is slower here than the processor itself'
      : `is a software adapter and not ${SOFTWARE_FACTOR} times as fast as WASM on the same processor`;
  return `${TITLES[engine]} on ${description} ${comparison}, ${measured}`;
}

/**
 * Starts the engine that the rule of `chooseEngine` prefers. Beside a GPU nothing else is started. A software adapter that is preferred
 * remains to be confirmed by `confirmEngine`.
 */
async function startPreferred(hooks: DeviceHooks, options: EngineOptions): Promise<EngineInfo> {
  const attempts = new Attempts();
  const named =
    (await attempts.start('webgpu', () => startWebGpu(hooks, options.limits))) ??
    (await attempts.start('webgl', startWebGl));
  const hardware = named === null ? null : await hardwareOf(named);
  const gpu = named === null ? null : { ...named, isSoftware: hardware === 'software' };
  if (gpu !== null && hardware === 'hardware') return attempts.taken(gpu);
  const wasm = await attempts.start('wasm', () => startWasm(options));
  if (gpu === null || wasm === null) {
    const only = gpu ?? wasm;
    if (only === null) throw attempts.failure('auto');
    await tf.setBackend(only.engine);
    return attempts.taken(only);
  }
  const { choice, turns } = await measuredChoice({ gpu: hardware, wasm: true }, gpu);
  if (choice === 'gpu') {
    attempts.note(`The software adapter was at least ${SOFTWARE_FACTOR} times as fast as WASM in two measurements`);
    provisional = { gpu, wasm };
    await tf.setBackend(gpu.engine);
    return attempts.taken(gpu);
  }
  removeBackend(gpu.engine);
  await tf.setBackend('wasm');
  attempts.note(slowerAdapter(gpu, turns));
  return attempts.taken(wasm);
}

/**
 * Measures again where a software adapter was preferred to WASM, now that the code of both engines is compiled and optimised: browsers run
 * WebAssembly without optimisation at first. To be called after the preparation of a run and before the run is built; does nothing the
 * second time.
 * @returns WASM, which is active from now on, if the choice was wrong; else null
 */
export async function confirmEngine(): Promise<EngineInfo | null> {
  if (provisional === null) return null;
  const { gpu, wasm } = provisional;
  provisional = null;
  await tf.setBackend('wasm');
  await warmUp();
  const { choice, turns } = await measuredChoice({ gpu: 'software', wasm: true }, gpu);
  const [kept, left] = choice === 'gpu' ? [gpu, wasm] : [wasm, gpu];
  await tf.setBackend(kept.engine);
  removeBackend(left.engine);
  return kept === gpu ? null : { ...wasm, fallbackReason: slowerAdapter(gpu, turns) };
}

export interface EngineOptions extends WasmOptions {
  /** What the WebGPU device is asked for. */
  readonly limits?: DeviceOptions['limits'];
}

/**
 * Starts the chosen engine; `auto` takes a GPU, else WASM, unless a software adapter is measured to be clearly faster. A second call, for
 * instance after the device was lost, restarts the engine; the tensors of the previous one are lost.
 * @throws NoEngineError when the chosen engine cannot run, or with `auto` no engine.
 */
export async function startEngine(
  choice: EngineChoice,
  hooks: DeviceHooks,
  options: EngineOptions = {},
): Promise<EngineInfo> {
  const { limits } = options;
  provisional = null;
  removeBackend('webgpu');
  removeBackend('wasm');
  if (choice === 'auto') return startPreferred(hooks, options);
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
