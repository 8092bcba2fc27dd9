import type { EngineInfo } from '../../../domain/engineInfo';
import type { RunConfig } from '../../../domain/runConfig';
import type { SuitOutcome } from '../../../domain/suiting/suitTable';
import type { TrainingImages } from '../../images/pictureCache';
import { gflopPerStep } from '../../methods/registry';
import { pairsLieInOneBatch } from '../../network/nn/bothViews';
import { CheckpointError } from '../checkpoint/checkpointError';
import { saveRun } from '../checkpoint/saveRun';
import { encoderWeights } from '../export/encoderWeights';
import { FrozenEncoder } from '../export/frozenEncoder';
import type { KernelOptions } from '../kernelChoice';
import { Trainer } from '../trainer';
import { stepsFor } from './candidates';
import type { Scoring } from './scoring';
import type { ShortRun, ShortRuns } from './search';
import { StepTimer } from './stepTimer';

/** Images, and at least steps, of the run that the speed is measured with. */
const SPEED_IMAGES = 640;
const SPEED_STEPS = 6;
/** Share of the time left after which the speed is known well enough. */
const SPEED_SHARE = 1 / 20;

export interface ShortRunParts {
  readonly images: TrainingImages;
  readonly engine: EngineInfo;
  readonly kernels: KernelOptions;
  readonly scoring: Scoring;
  /** Awaited between two parts of the work; may throw to stop. */
  readonly between: () => Promise<void>;
  /** Milliseconds until the search has to end. */
  readonly left: () => number;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

/** The settings of a short run: the candidate's, unmeasured on the way. */
function shortened(config: RunConfig, totalSteps: number): RunConfig {
  return { ...config, totalSteps, knn: { ...config.knn, every: 0 }, probe: { ...config.probe, every: 0 } };
}

/** Short runs on the engine, beside a run that waits. */
export function shortRunsOn(parts: ShortRunParts): ShortRuns {
  return {
    run: (config, images, onShare) => trained(parts, shortened(config, stepsFor(config, images)), onShare, () => false),
    async speed(config) {
      const steps = Math.max(SPEED_STEPS, stepsFor(config, SPEED_IMAGES));
      const [began, share] = [parts.now(), SPEED_SHARE * parts.left()];
      const isEnough = (step: number) => step >= SPEED_STEPS && parts.now() - began >= share;
      const { outcome, cost } = await trained(parts, shortened(config, steps), () => undefined, isEnough);
      return outcome === null ? null : cost;
    },
    relativeCost: (config, other) => costOf(config) / costOf(other),
  };
}

/** GFLOP of a step for each of its images. */
function costOf(config: RunConfig): number {
  return gflopPerStep(config, pairsLieInOneBatch()) / config.batchSize;
}

async function trained(
  parts: ShortRunParts,
  config: RunConfig,
  onShare: (share: number) => void,
  isEnough: (step: number) => boolean,
): Promise<ShortRun> {
  const { images, kernels, now } = parts;
  const began = now();
  const trainer = new Trainer(images, config, [], () => undefined, kernels);
  try {
    await trainer.start();
    const timer = new StepTimer(config.batchSize, now);
    const reached = await train(parts, trainer, (step) => {
      timer.stepped(step);
      onShare(step / config.totalSteps);
      return isEnough(step);
    });
    const outcome = reached === 'trained' ? await scored(parts, trainer) : reached;
    return { outcome, cost: timer.cost(now() - began) };
  } finally {
    trainer.dispose();
  }
}

/** Trains until `after` a step says that it is enough, or to the end. */
async function train(
  { between, left }: ShortRunParts,
  trainer: Trainer,
  after: (step: number) => boolean,
): Promise<'trained' | Extract<SuitOutcome, { kind: 'diverged' }> | null> {
  for (;;) {
    const outcome = await trainer.advance();
    await between();
    if (outcome === 'diverged') return { kind: 'diverged' };
    if (left() <= 0) return null;
    if (after(trainer.step) || outcome === 'finished') return 'trained';
  }
}

/** null where the time is over before it is known. */
async function scored(
  { engine, scoring, between, left }: ShortRunParts,
  trainer: Trainer,
): Promise<SuitOutcome | null> {
  const encoder = await encoderOf(trainer, engine);
  if (encoder === null) return { kind: 'diverged' };
  try {
    const score = await scoring.score(encoder, between);
    return left() <= 0 ? null : { kind: 'score', ...score };
  } finally {
    encoder.dispose();
  }
}

/** The encoder of a run; null where a weight is not a finite number. */
async function encoderOf(trainer: Trainer, engine: EngineInfo): Promise<FrozenEncoder | null> {
  try {
    return new FrozenEncoder(await encoderWeights(await saveRun(trainer, engine), trainer));
  } catch (error) {
    if (error instanceof CheckpointError) return null;
    throw error;
  }
}
