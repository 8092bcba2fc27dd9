import type { EngineChoice } from '../../src/domain/runConfig';
import { noiseDataset } from '../../src/engine/images/noiseDataset';
import { seededRandom } from '../../src/engine/random';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { riseProblem } from './flat';
import { CHECKPOINT_EVERY, IMAGES, soakRun } from './soakRun';

/** Steps of the run for each loss, more than between two checkpoints, so that the run gets on. */
const STEPS_A_LOSS = 30;
/** Steps after the last loss: on a busy machine a loss takes effect many steps after it was asked for. */
const SPARE_STEPS = 5 * STEPS_A_LOSS;

/** How far memory of the process may rise; tensors and bytes on the GPU may not at all. */
const MEMORY_TOLERANCE = 0.05;

/** What the engine itself keeps of its first devices hides what is lost with each. */
const FEWEST_FOR_MEMORY = 30;

/** A training worker whose device can be taken away. */
export interface SoakWorker {
  send(command: CommandBody): Promise<void>;
  /** Is called with everything that the worker sends. */
  listen(listener: (event: Event) => void): void;
  lose(): void;
  /** Bytes of memory of the process, or of the browser. */
  memory(): Promise<number>;
}

export interface LossOptions {
  readonly losses: number;
  /** The engine that is lost. */
  readonly engine: EngineChoice;
  readonly seed: number;
}

/** One loss of the device. */
export interface LossRow {
  /** Steps done when it was lost, and the step that the run went on from. */
  readonly lost: number;
  readonly from: number;
  /** Milliseconds from the loss until the next step was done. */
  readonly toNextStep: number;
  readonly tensors: number;
  readonly gpuBytes: number;
  readonly memory: number;
}

export interface LossReport {
  readonly steps: number;
  readonly rows: readonly LossRow[];
  /** What was not as it has to be, as sentences. */
  readonly problems: readonly string[];
}

/** What a worker has sent about the present run. */
class Heard {
  readonly losses = new Map<number, number>();
  state = '';
  /** Where the run was rewound to, by loss. */
  rewound: number[] = [];
  errors: string[] = [];
  notices: string[] = [];
  resources: { readonly step: number; readonly tensors: number; readonly gpuBytes: number } | null = null;
  computed = 0;
  #waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];

  take(event: Event): void {
    if (event.type === 'error') this.errors.push(event.error.message);
    if (event.type === 'failure') this.errors.push(event.error.message);
    if (event.type === 'engine' && event.notice !== null) this.notices.push(event.notice);
    if (event.type === 'signal') this.#signal(event);
    const ready = this.#waiting.filter(({ isThere }) => isThere() || this.errors.length > 0);
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { resolve } of ready) resolve();
  }

  #signal({ signal }: Extract<Event, { type: 'signal' }>): void {
    const { kind, value } = signal;
    if (kind === 'state') this.state = value.state;
    if (kind === 'resources') this.resources = value;
    if (kind === 'rewound') {
      this.rewound.push(value.step);
      this.computed = value.step;
    }
    if (kind !== 'measurements') return;
    for (const { step, loss } of value) {
      if (loss === undefined) continue;
      this.losses.set(step, loss);
      this.computed = Math.max(this.computed, step);
    }
  }

  /** @throws Error with what the worker reported instead */
  async until(isThere: () => boolean): Promise<void> {
    if (!isThere()) await new Promise<void>((resolve) => this.#waiting.push({ isThere, resolve }));
    if (this.errors.length > 0) throw new Error(this.errors.join(' '));
  }
}

/**
 * Trains a run without an interruption, and the same run with `losses` losses of its device at seeded random steps, and compares them.
 * @param log gets a line for each loss
 */
export async function soakLosses(
  worker: SoakWorker,
  { losses, engine, seed }: LossOptions,
  log: (line: string) => void,
): Promise<LossReport> {
  const random = seededRandom(seed, 'losses');
  const steps = STEPS_A_LOSS * (losses + 1) + SPARE_STEPS;
  const config = soakRun(steps);
  let heard = new Heard();
  worker.listen((event) => heard.take(event));
  await worker.send({ type: 'init', engine });
  await worker.send({ type: 'setDataset', dataset: noiseDataset(IMAGES.count, IMAGES.side) });

  const begin = async (runId: string) => {
    heard = new Heard();
    await worker.send({ type: 'create', runId, config, changes: [] });
    await worker.send({ type: 'train', runId });
    return heard;
  };
  const whole = await begin('whole');
  await whole.until(() => whole.state === 'finished');
  log(`${steps} steps without an interruption`);

  const run = await begin('interrupted');
  const rows: LossRow[] = [];
  for (let i = 0; i < losses; i++) {
    const at = STEPS_A_LOSS * i + random.integer(1, STEPS_A_LOSS);
    await run.until(() => run.computed >= at);
    if (run.state === 'finished') throw new Error(`The run was finished before loss ${i + 1}.`);
    const started = performance.now();
    run.resources = null;
    worker.lose();
    await run.until(() => run.notices.length > i && run.resources !== null && run.computed > (run.rewound[i] ?? 0));
    const toNextStep = performance.now() - started;
    const [lost, from] = stepsIn(run.notices[i] ?? '');
    const { tensors, gpuBytes } = run.resources ?? { tensors: 0, gpuBytes: 0 };
    rows.push({ lost, from, toNextStep, tensors, gpuBytes, memory: await worker.memory() });
    log(
      `loss ${i + 1}: at step ${lost}, on from step ${from}, next step after ${toNextStep.toFixed(0)} ms; ${tensors} tensors, ${megabytes(gpuBytes)} on the GPU, ${megabytes(rows.at(-1)?.memory ?? 0)} in all`,
    );
  }
  await run.until(() => run.state === 'finished');
  return { steps, rows, problems: [...problemsOf(rows), ...differences(whole.losses, run.losses)] };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The steps that a notice names: where the engine was lost, and where the run went on. */
function stepsIn(notice: string): [lost: number, from: number] {
  const [lost = Number.NaN, from = Number.NaN] = [...notice.matchAll(/step ([\d,]+)/g)].map(([, digits]) =>
    Number(digits.replaceAll(',', '')),
  );
  return [lost, from];
}

function problemsOf(rows: readonly LossRow[]): string[] {
  const repeated = rows.flatMap(({ lost, from }, i) => {
    if (lost - from <= CHECKPOINT_EVERY) return [];
    return `Loss ${i + 1}: the run went on from step ${from} although it had a later checkpoint at step ${lost}.`;
  });
  // A run that begins again has fewer tensors at its first step than one that goes on.
  const resumed = rows.filter(({ from }) => from > 0);
  const of = (name: 'tensors' | 'gpuBytes' | 'memory') => resumed.map((row) => row[name]);
  const rises = [
    riseProblem('The number of tensors', of('tensors'), 0),
    riseProblem('Memory on the GPU', of('gpuBytes'), 0),
    resumed.length < FEWEST_FOR_MEMORY ? null : riseProblem('Memory of the process', of('memory'), MEMORY_TOLERANCE),
  ];
  return [...repeated, ...rises.flatMap((problem) => problem ?? [])];
}

function differences(whole: ReadonlyMap<number, number>, run: ReadonlyMap<number, number>): string[] {
  const differing = [...whole].filter(([step, loss]) => run.get(step) !== loss).map(([step]) => step);
  const extra = run.size - whole.size;
  if (differing.length === 0 && extra === 0) return [];
  return [
    `${differing.length} of ${whole.size} losses are not those of the run without an interruption; the first is that of step ${differing[0]}.`,
  ];
}
