import { breathe } from '../../src/data/import/breathe';
import type { EngineInfo } from '../../src/domain/engineInfo';
import { MOST_POINTS } from '../../src/domain/thinnedSeries';
import { noiseDataset } from '../../src/engine/images/noiseDataset';
import { trainingImages } from '../../src/engine/images/pictureCache';
import { writeCheckpoint } from '../../src/engine/run/checkpoint/checkpointFile';
import { saveRun } from '../../src/engine/run/checkpoint/saveRun';
import { Trainer } from '../../src/engine/run/trainer';
import { riseProblem } from './flat';
import { IMAGES, soakRun } from './soakRun';

/** Samples of the run's memory. */
const SAMPLES = 60;

/**
 * How far each quantity may rise from the middle third of the run to the last. A checkpoint grows until its series are thinned, and varies
 * afterwards with the time since they were thinned last.
 */
const TOLERANCES = { tensors: 0, engineBytes: 0, heap: 0.05, memory: 0.05, checkpoint: 0.1 } as const;
type Quantity = keyof typeof TOLERANCES;

/** From so many steps on, series have been thinned in the middle third. */
const STEPS_TO_THIN = 3 * MOST_POINTS;

export interface StepRow {
  readonly step: number;
  readonly stepsPerSecond: number;
  readonly tensors: number;
  /** Bytes that the engine has allocated. */
  readonly engineBytes: number;
  readonly heap: number;
  readonly memory: number;
  /** Bytes of a checkpoint. */
  readonly checkpoint: number;
}

export interface StepReport {
  readonly rows: readonly StepRow[];
  readonly problems: readonly string[];
}

/**
 * Trains the smallest network for many steps and samples what it takes, with a checkpoint at each sample.
 * @param processMemory bytes after a collection of garbage
 * @param log gets a line for each sample
 */
export async function soakSteps(
  engine: EngineInfo,
  steps: number,
  processMemory: () => { readonly heap: number; readonly memory: number },
  log: (line: string) => void,
): Promise<StepReport> {
  const images = trainingImages(noiseDataset(IMAGES.count, IMAGES.side));
  const trainer = new Trainer(images, soakRun(steps), [], () => undefined);
  const rows: StepRow[] = [];
  const every = Math.max(1, Math.floor(steps / SAMPLES));
  await trainer.start();
  let last = performance.now();
  while ((await trainer.advance()) !== 'finished') {
    // As the worker does; memory that is given up is freed only then.
    await breathe();
    if (trainer.step % every !== 0) continue;
    const checkpoint = writeCheckpoint(await saveRun(trainer, engine)).byteLength;
    const now = performance.now();
    const { tensors, gpuBytes: engineBytes } = trainer.resources();
    const stepsPerSecond = (1000 * every) / (now - last);
    rows.push({ step: trainer.step, stepsPerSecond, tensors, engineBytes, checkpoint, ...processMemory() });
    log(lineOf(rows[rows.length - 1]));
    last = performance.now();
  }
  trainer.dispose();
  return { rows, problems: problemsOf(rows, steps) };
}

function problemsOf(rows: readonly StepRow[], steps: number): string[] {
  const quantities = Object.keys(TOLERANCES) as Quantity[];
  return quantities.flatMap((name) => {
    if (name === 'checkpoint' && steps < STEPS_TO_THIN) return [];
    const values = rows.map((row) => row[name]);
    return riseProblem(NAMES[name], values, TOLERANCES[name]) ?? [];
  });
}

const NAMES: Readonly<Record<Quantity, string>> = {
  tensors: 'The number of tensors',
  engineBytes: 'Memory of the engine',
  heap: "JavaScript's heap",
  memory: 'Memory of the process',
  checkpoint: 'The size of a checkpoint',
};

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function lineOf({ step, stepsPerSecond, tensors, engineBytes, heap, memory, checkpoint }: StepRow): string {
  return `step ${step}: ${stepsPerSecond.toFixed(0)} steps/s, ${tensors} tensors, engine ${megabytes(engineBytes)}, heap ${megabytes(heap)}, process ${megabytes(memory)}, checkpoint ${megabytes(checkpoint)}`;
}
