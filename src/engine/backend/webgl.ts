import * as tf from '@tensorflow/tfjs';
import type { EngineInfo } from '../../domain/engineInfo';
import { isSoftwareRenderer, type RendererInfo, rendererOf } from '../../domain/softwareRenderer';

function webGlRenderer(): string {
  return rendererOf((tf.backend() as unknown as { readonly gpgpu: { readonly gl: RendererInfo } }).gpgpu.gl);
}

/** tfjs's factory of the backend. Kept, because removing the backend also unregisters the factory. */
let factory: ReturnType<typeof tf.findBackendFactory> | null = null;

/** The part of the canvas of workers used here. */
interface Canvas {
  getContext(kind: 'webgl2'): unknown;
}

/** Loads tfjs's backend, unless there is no WebGL that it could run on. */
async function register(): Promise<void> {
  const { OffscreenCanvas } = globalThis as { OffscreenCanvas?: new (width: number, height: number) => Canvas };
  if (OffscreenCanvas === undefined || !new OffscreenCanvas(1, 1).getContext('webgl2')) {
    throw new Error('this browser has no usable WebGL');
  }
  await import('@tensorflow/tfjs-backend-webgl');
  factory ??= tf.findBackendFactory('webgl');
  if (factory !== null && tf.findBackendFactory('webgl') === null) tf.registerBackend('webgl', factory);
}

/** tfjs would keep every freed texture for reuse, gigabytes in training; above this size it frees them. */
const WEBGL_POOL_BYTES = 256 * 1024 * 1024;

/** Starts tfjs's WebGL backend. @throws Error saying why it cannot run here. */
export async function startWebGl(): Promise<EngineInfo> {
  await register();
  tf.env().set('WEBGL_DELETE_TEXTURE_THRESHOLD', WEBGL_POOL_BYTES);
  if (!(await tf.setBackend('webgl'))) throw new Error('this browser has no usable WebGL');
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) {
    throw new Error('its WebGL has no 32-bit floats, which training needs');
  }
  const description = webGlRenderer();
  return {
    engine: 'webgl',
    description,
    isSoftware: isSoftwareRenderer(description),
    features: [],
    threads: 0,
    oneThreadReason: null,
    fallbackReason: null,
  };
}
