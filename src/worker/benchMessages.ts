import { measureFirstStep } from '../bench/firstStep';
import { reportMarkdown } from '../bench/markdown';
import { runBenchmark } from '../bench/runBenchmark';
import { reportFacts, reportTables } from '../bench/tables';
import { type BenchCommand, type BenchEvent, isBenchCommand } from '../protocol/bench';
import { kernelThreads } from './kernelThreads';
import { indexedDbTuningCache } from './tuningCache';

/** The part of a worker's global scope used here; the DOM's types describe a window's. */
interface WorkerScope {
  postMessage(message: BenchEvent): void;
}

const scope = globalThis as unknown as WorkerScope;
/** Milliseconds since the worker was created, in which its code was loaded. */
const loadMs = performance.now();
const clock = { wallMs: () => performance.now(), processorMs: () => null };

function fail(message: string): void {
  scope.postMessage({ type: 'failed', message: `The GPU stopped the benchmark: ${message}` });
}

async function handle(command: BenchCommand): Promise<BenchEvent> {
  switch (command.type) {
    case 'firstStep': {
      const hooks = { onUncapturedError: fail, onLost: fail };
      return { type: 'firstStep', row: await measureFirstStep(clock, loadMs, hooks, indexedDbTuningCache()) };
    }
    case 'run': {
      const { quick, sections, start, host } = command;
      const report = await runBenchmark({
        quick,
        sections,
        start,
        host,
        clock,
        threadHost: kernelThreads,
        command: `bench.html, ${quick ? 'quick' : 'full'} run of ${sections.join(', ')}`,
        onProgress: (text) => scope.postMessage({ type: 'progress', text }),
      });
      const facts = reportFacts(report);
      return {
        type: 'result',
        result: { report, facts, tables: reportTables(report), markdown: reportMarkdown(report) },
      };
    }
    default:
      return command satisfies never;
  }
}

/** Handles a message of the page. */
export function receive(message: unknown): void {
  if (!isBenchCommand(message)) return;
  handle(message).then(
    (event) => scope.postMessage(event),
    (error: unknown) =>
      scope.postMessage({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
}
