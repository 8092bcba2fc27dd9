import type { EngineInfo } from '../../src/domain/engineInfo';
import type { ProbeEvaluation } from '../../src/domain/probeEvaluation';
import type { LiveChange, RunConfig } from '../../src/domain/runConfig';
import type { Emit, RunSignal } from '../../src/domain/signal';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import { deviceProducts } from '../../src/engine/monitors/deviceProducts';
import { Trainer } from '../../src/engine/run/trainer';
import { evaluateLinearly } from '../../src/explore/evaluateLinearly';
import { fileTuningCache } from '../node/tuningCache';
import { type RunResult, runRecord } from './runRecord';

const TUNING = fileTuningCache('node_modules/.cache/simsiam-lab/tuning.json');

const percent = (share: number) => (100 * share).toFixed(1);

/** The linear evaluation of the present weights; null without labels. */
async function evaluated(trainer: Trainer): Promise<ProbeEvaluation | null> {
  const features = await trainer.labelledFeatures(() => undefined);
  return features === null ? null : evaluateLinearly(features, { step: trainer.step, productsOf: deviceProducts });
}

/**
 * Trains one run to its end and evaluates it; `log` gets a line for each kNN or rank measurement and for each marker.
 * @param changes changes in flight, made at their steps
 * @param onSignal receives all that the run reports; where it is given, there is a frame at every probe
 */
export async function trainOnce(
  dataset: TrainingImages,
  config: RunConfig,
  engine: EngineInfo,
  log: (line: string) => void,
  changes: readonly LiveChange[] = [],
  onSignal?: Emit,
): Promise<RunResult> {
  const record = runRecord(config, engine);
  const emit = (signal: RunSignal) => {
    record.take(signal);
    onSignal?.(signal);
    const { kind, value } = signal;
    if (kind === 'measurements') {
      if (value.some(({ effectiveRank, knn }) => effectiveRank !== undefined || knn !== undefined)) {
        log(record.progressLine());
      }
    } else if (kind === 'marker') {
      log(`step ${value.step}: ${value.kind === 'change' ? `${value.key} = ${value.value}` : value.state}`);
    }
  };
  const trainer = new Trainer(dataset, config, changes, emit, {
    tuning: TUNING,
    isSoftware: engine.isSoftware,
    allFrames: onSignal !== undefined,
  });
  try {
    await trainer.start();
    let outcome = await trainer.advance();
    while (outcome === 'continue') outcome = await trainer.advance();
    await trainer.flush();
    const result = record.result(outcome);
    if (outcome === 'diverged') return result;
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
