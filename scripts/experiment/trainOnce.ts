import { breathe } from '../../src/data/import/breathe';
import type { EngineInfo } from '../../src/domain/engineInfo';
import type { Marker } from '../../src/domain/measurement';
import type { ProbeEvaluation } from '../../src/domain/probeEvaluation';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { Emit, RunSignal } from '../../src/domain/signal';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import { deviceProducts } from '../../src/engine/monitors/deviceProducts';
import type { Checkpoint } from '../../src/engine/run/checkpoint/checkpoint';
import { type ResumedRun, resumeRun } from '../../src/engine/run/checkpoint/resumeRun';
import type { StartingWeights } from '../../src/engine/run/startingWeights';
import { Trainer } from '../../src/engine/run/trainer';
import { evaluateLinearly } from '../../src/explore/evaluateLinearly';
import { fileTuningCache } from '../node/tuningCache';
import { CheckpointWriter } from './checkpointWriter';
import { type RunOutcome, type RunResult, runRecord } from './runRecord';

const TUNING = fileTuningCache('node_modules/.cache/simsiam-lab/tuning.json');

const percent = (share: number) => (100 * share).toFixed(1);

/** The linear evaluation of the present weights; null without labels. */
async function evaluated(trainer: Trainer): Promise<ProbeEvaluation | null> {
  const features = await trainer.labelledFeatures(() => undefined);
  return features === null ? null : evaluateLinearly(features, { step: trainer.step, productsOf: deviceProducts });
}

export interface TrainOptions {
  /** Changes in flight, made at their steps. */
  readonly changes?: readonly LiveChange[];
  /** Receives all that the run reports; where it is given, there is a frame at every probe. */
  readonly onSignal?: Emit | undefined;
  /** Stops after this step. */
  readonly until?: number | undefined;
  /** The file for checkpoints: one at the end, and one after every so many steps. */
  readonly checkpoint?: { readonly file: string; readonly every: number | undefined } | undefined;
  /** Goes on from here; `config` is that of the checkpoint. */
  readonly from?: Checkpoint | undefined;
  /** The weights that a run begins with which does not go on from a checkpoint. */
  readonly start?: StartingWeights | undefined;
}

/** Trains one run to its end and evaluates it; `log` gets a line for each kNN or rank measurement and for each marker. */
export async function trainOnce(
  dataset: TrainingImages,
  config: RunConfig,
  engine: EngineInfo,
  log: (line: string) => void,
  options: TrainOptions = {},
): Promise<RunResult> {
  const { onSignal, from } = options;
  const record = runRecord(config, engine, from?.step);
  const emit = (signal: RunSignal) => {
    record.take(signal);
    onSignal?.(signal);
    const { kind, value } = signal;
    if (kind === 'measurements') {
      if (value.some(({ effectiveRank, knn }) => effectiveRank !== undefined || knn !== undefined)) {
        log(record.progressLine());
      }
    } else if (kind === 'marker') {
      log(`step ${value.step}: ${markerText(value)}`);
    }
  };
  const { trainer, notes } = await begun(dataset, config, engine, emit, options);
  try {
    for (const note of notes) log(note);
    const outcome = await trained(trainer, engine, log, options);
    const result = record.result(outcome);
    if (outcome !== 'finished') return result;
    const probe = await evaluated(trainer);
    if (probe === null) return result;
    const doubt = probe.converged ? '' : ', not converged';
    log(`linear probe ${percent(probe.accuracy)} ± ${percent(probe.standardError)} %${doubt}`);
    const { accuracy, standardError } = probe;
    return { ...result, evaluation: probe, final: { ...result.final, probe: { accuracy, standardError } } };
  } finally {
    trainer.dispose();
  }
}

/** A run that is measured before its first step, or goes on from a checkpoint. */
async function begun(
  dataset: TrainingImages,
  config: RunConfig,
  engine: EngineInfo,
  emit: Emit,
  { changes = [], onSignal, from, start }: TrainOptions,
): Promise<ResumedRun> {
  const options = { tuning: TUNING, isSoftware: engine.isSoftware, allFrames: onSignal !== undefined };
  if (from !== undefined) return resumeRun(from, dataset, engine, emit, options);
  const trainer = new Trainer(dataset, config, changes, emit, { ...options, start: start ?? null });
  try {
    await trainer.start();
    return { trainer, notes: [] };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

async function trained(
  trainer: Trainer,
  engine: EngineInfo,
  log: (line: string) => void,
  { until = Number.POSITIVE_INFINITY, checkpoint }: TrainOptions,
): Promise<RunOutcome> {
  const writer = checkpoint === undefined ? null : new CheckpointWriter(checkpoint.file, engine, log);
  const every = checkpoint?.every ?? Number.POSITIVE_INFINITY;
  let outcome: RunOutcome = 'stopped';
  while (trainer.step < until) {
    const after = await trainer.advance();
    // Memory that is given up is freed only while nothing else runs.
    await breathe();
    if (after !== 'continue') {
      outcome = after;
      break;
    }
    if (trainer.step % every === 0) await writer?.write(trainer);
  }
  await trainer.flush();
  await writer?.write(trainer);
  return outcome;
}

function markerText(marker: Marker): string {
  if (marker.kind === 'change') return `${marker.key} = ${marker.value}`;
  return marker.kind === 'diagnosis' ? marker.state : `resumed (${marker.cause})`;
}
