import * as tf from '@tensorflow/tfjs';
import type { EngineChoice } from '../../spec/runConfig';
import { type DeviceHooks, requestGpuDevice } from './device';
import { makeTfjsWebGpu } from './tfjsWebGpu';

/** The engine that runs, and what it runs on. */
export interface EngineInfo {
  readonly engine: 'webgpu' | 'webgl';
  readonly description: string;
  readonly isSoftware: boolean;
  readonly features: readonly string[];
  /** Why a better engine was not taken, in words; null when none was passed over. */
  readonly fallbackReason: string | null;
}

/** No engine can run on this machine; the message says what was tried and what to do. */
export class NoEngineError extends Error {
  override readonly name = 'NoEngineError';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Frees the backend, all its tensors and its device. Weights of a run that went on are gone with it. */
function removeBackend(name: string): void {
  if (typeof tf.findBackendFactory(name) === 'function') tf.removeBackend(name);
}

async function startWebGpu(hooks: DeviceHooks): Promise<EngineInfo> {
  const { device, adapterInfo, description, isSoftware } = await requestGpuDevice(hooks);
  removeBackend('webgpu');
  tf.registerBackend('webgpu', () => makeTfjsWebGpu(device, adapterInfo));
  if (!(await tf.setBackend('webgpu'))) throw new Error('its backend did not start');
  // Small tensors would otherwise be computed on the CPU behind our back: other rounding, and a stall.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  return { engine: 'webgpu', description, isSoftware, features: [...device.features], fallbackReason: null };
}

/** The part of a WebGL context that names the renderer; its full type belongs to the DOM, which the engine does without. */
interface RendererInfo {
  readonly RENDERER: number;
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
}

function webGlRenderer(): string {
  const { gl } = (tf.backend() as unknown as { readonly gpgpu: { readonly gl: RendererInfo } }).gpgpu;
  const debug = gl.getExtension('WEBGL_debug_renderer_info');
  const name = gl.getParameter(debug === null ? gl.RENDERER : debug.UNMASKED_RENDERER_WEBGL);
  return typeof name === 'string' ? name : 'unnamed renderer';
}

/** tfjs keeps every freed texture for reuse, gigabytes of them in training; above this it gives them back. */
const WEBGL_POOL_BYTES = 256 * 1024 * 1024;

async function startWebGl(): Promise<EngineInfo> {
  tf.env().set('WEBGL_DELETE_TEXTURE_THRESHOLD', WEBGL_POOL_BYTES);
  if (!(await tf.setBackend('webgl'))) throw new Error('this browser has no usable WebGL');
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) {
    throw new Error('its WebGL has no 32-bit floats, which training needs');
  }
  const description = webGlRenderer();
  const isSoftware = /swiftshader|llvmpipe|softpipe|basic render/i.test(description);
  return { engine: 'webgl', description, isSoftware, features: [], fallbackReason: null };
}

/**
 * Starts the engine asked for; `auto` takes WebGPU where there is an adapter, else tfjs's WebGL backend. Calling it again,
 * after the device was lost for instance, starts afresh.
 * @throws NoEngineError when none of those asked for can run.
 */
export async function startEngine(choice: EngineChoice, hooks: DeviceHooks): Promise<EngineInfo> {
  const reasons: string[] = [];
  if (choice !== 'webgl') {
    try {
      return await startWebGpu(hooks);
    } catch (error) {
      reasons.push(`WebGPU: ${reasonOf(error)}`);
    }
  }
  if (choice !== 'webgpu') {
    try {
      const info = await startWebGl();
      return { ...info, fallbackReason: reasons.length > 0 ? reasons.join('; ') : null };
    } catch (error) {
      reasons.push(`WebGL: ${reasonOf(error)}`);
    }
  }
  throw new NoEngineError(
    `Nothing on this machine can train: ${reasons.join('; ')}. Use a recent Chrome, Edge, Firefox or Safari with hardware acceleration switched on.`,
  );
}
