import { createStore } from 'zustand/vanilla';
import type { BenchSection, FirstStepRow } from '../../domain/benchmark';
import type { BenchResult } from '../../protocol/bench';
import { askBenchWorker } from './askBenchWorker';

export interface BenchState {
  readonly state: 'idle' | 'running' | 'failed' | 'done';
  /** What is being measured now. */
  readonly progress: string;
  readonly result: BenchResult | null;
  readonly problem: string | null;
}

export interface BenchChoice {
  readonly quick: boolean;
  readonly sections: readonly BenchSection[];
}

/** Runs benchmarks, one at a time, and keeps the last result. */
export class BenchSession {
  readonly store = createStore<BenchState>(() => ({ state: 'idle', progress: '', result: null, problem: null }));
  readonly #host: string;
  #running: AbortController | null = null;

  /** @param host what the report calls this browser and machine */
  constructor(host: string) {
    this.#host = host;
  }

  async run({ quick, sections }: BenchChoice): Promise<void> {
    if (this.#running !== null) return;
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    const onProgress = (progress: string) => this.store.setState({ progress });
    this.store.setState({ state: 'running', progress: 'starting', problem: null, result: null });
    try {
      const start = sections.includes('start') ? await this.#starts(onProgress, signal) : [];
      const command = { type: 'run', quick, sections, start, host: this.#host } as const;
      const { result } = await askBenchWorker(command, 'result', onProgress, signal);
      this.store.setState({ state: 'done', result });
    } catch (error) {
      if (signal.aborted) this.store.setState({ state: 'idle' });
      else this.store.setState({ state: 'failed', problem: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#running = null;
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Measures the time to the first step twice; the second time, kernels are already compiled and chosen. */
  async #starts(onProgress: (text: string) => void, signal: AbortSignal): Promise<FirstStepRow[]> {
    const rows: FirstStepRow[] = [];
    for (const start of ['first', 'again']) {
      onProgress(`first step, ${start}`);
      try {
        const { row } = await askBenchWorker({ type: 'firstStep' }, 'firstStep', onProgress, signal);
        rows.push({ start, ...row });
      } catch (error) {
        signal.throwIfAborted();
        // Without WebGPU there is nothing to compile; the run itself reports that it is missing.
        if (rows.length === 0 && error instanceof Error) return [];
        throw error;
      }
    }
    return rows;
  }
}
