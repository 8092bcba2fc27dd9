import type { EngineInfo } from '../../src/domain/engineInfo';
import type { EngineChoice } from '../../src/domain/runConfig';
import { NoEngineError } from '../../src/engine/backend/noEngineError';
import { startEngine } from '../../src/engine/backend/startEngine';
import { NoAdapterError, startNodeGpu } from './gpu';
import { kernelThreads } from './kernelThreads';

/** Starts WebGPU under Node if the chosen engine may use it. */
async function offerGpu(choice: EngineChoice): Promise<void> {
  if (choice === 'wasm') return;
  try {
    await startNodeGpu();
  } catch (error) {
    if (choice !== 'auto' || !(error instanceof NoAdapterError)) throw error;
  }
}

/**
 * Starts an engine for a command; an error of the GPU outside a call ends the process.
 * @param threads of the engine wasm; as many as the processor has where left out
 * @throws NoAdapterError or NoEngineError where it cannot be had
 */
export async function startNodeEngine(choice: EngineChoice, threads?: number): Promise<EngineInfo> {
  await offerGpu(choice);
  const hooks = {
    onUncapturedError: (message: string) => {
      console.error(`GPU error: ${message}`);
      process.exit(1);
    },
    onLost: (message: string) => {
      console.error(`GPU lost: ${message}`);
      process.exit(1);
    },
  };
  const engine = await startEngine(choice, hooks, {
    threadHost: kernelThreads,
    ...(threads === undefined ? {} : { threads }),
  });
  if (engine.fallbackReason !== null) console.log(engine.fallbackReason);
  return engine;
}

/** The engine asked for, or the fastest one where it cannot be had. */
export async function startEngineOrAnother(choice: EngineChoice, threads?: number): Promise<EngineInfo> {
  try {
    return await startNodeEngine(choice, threads);
  } catch (error) {
    if (!(error instanceof NoAdapterError || error instanceof NoEngineError)) throw error;
    console.log(error.message);
    return startNodeEngine('auto', threads);
  }
}
