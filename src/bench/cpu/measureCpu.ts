import type { CpuRow } from '../../domain/benchmark';
import type { EngineInfo } from '../../domain/engineInfo';
import { presetConfig } from '../../domain/presets';
import type { RunConfig } from '../../domain/runConfig';
import { startWasm } from '../../engine/backend/wasm';
import { networkCase } from '../cases';
import { startXnnpack, stopXnnpack } from '../xnnpack/backend';
import type { CpuContext } from './context';
import { measureCpuKernels } from './kernels';
import { measureCpuStep } from './steps';

export interface CpuMeasurement {
  readonly engine: EngineInfo;
  readonly rows: readonly CpuRow[];
}

/** The result of `start`; null, with a note, where it fails. */
async function started<T>(name: string, start: () => Promise<T>, note: CpuContext['note']): Promise<T | null> {
  try {
    return await start();
  } catch (error) {
    note(`${name} left out: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/**
 * Our engine `wasm` against tfjs's WASM backend: whole steps of the reference network and of the presets `tiny` and `small`, and, except in a
 * quick run, the convolutions. Starts both backends afresh; ours stays.
 * @returns null, with a note, where WebAssembly cannot run
 */
export async function measureCpu(reference: RunConfig, context: CpuContext): Promise<CpuMeasurement | null> {
  context.progress('processor: starting');
  const hasXnnpack = (await started('XNNPACK', startXnnpack, context.note)) !== null;
  try {
    const engine = await started('The processor', () => startWasm({ threadHost: context.threadHost }), context.note);
    if (engine === null) return null;
    const rows: CpuRow[] = [];
    const networks = { reference, tiny: presetConfig('tiny'), small: presetConfig('small') };
    for (const [name, config] of Object.entries(networks)) {
      rows.push(...(await measureCpuStep(networkCase(name, config), hasXnnpack, context)));
    }
    if (context.quick) context.note('Processor: kernels left out: a quick run.');
    else rows.push(...(await measureCpuKernels(hasXnnpack, context)));
    return { engine, rows };
  } finally {
    stopXnnpack();
  }
}
