/**
 * The parts of `@tensorflow/tfjs` that the engine uses. The built page gets them wherever the engine imports `@tensorflow/tfjs`
 * (vite.config.ts), since that package also brings layers, converters, data pipelines and the WebGL backend, which is loaded when it is
 * started.
 */

// tfjs's own entry registers gradients and chained ops in the same way.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-backend-cpu';

export * from '@tensorflow/tfjs-core';
