import { parentPort, workerData } from 'node:worker_threads';
import { serveThread } from '../../src/engine/kernels/runtime/wasm/threads/serveThread';

/** One of the threads that share the work of the processor's engine, under Node. */

parentPort?.postMessage('ready');
serveThread(workerData);
