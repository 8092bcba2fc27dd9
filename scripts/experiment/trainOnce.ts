import type { ImageDataset } from '../../src/domain/imageDataset';
import type { RunConfig } from '../../src/domain/runConfig';
import type { EngineInfo } from '../../src/engine/backend/engineInfo';
import { Trainer, type TrainerListener } from '../../src/engine/run/trainer';
import { fileTuningCache } from '../node/tuningCache';
import { type RunResult, runRecord } from './runRecord';

const TUNING = fileTuningCache('node_modules/.cache/simsiam-lab/tuning.json');

/** Trains one run to its end; `log` gets a line whenever something slow was measured, and for every marker. */
export async function trainOnce(
  dataset: ImageDataset,
  config: RunConfig,
  engine: EngineInfo,
  log: (line: string) => void,
): Promise<RunResult> {
  const record = runRecord(config, engine);
  const listener: TrainerListener = {
    ...record.listener,
    measured(measurement) {
      record.listener.measured(measurement);
      if (measurement.effectiveRank !== undefined || measurement.knn !== undefined) log(record.progressLine());
    },
    marked(marker) {
      record.listener.marked(marker);
      log(`step ${marker.step}: ${marker.kind === 'change' ? `${marker.key} = ${marker.value}` : marker.state}`);
    },
  };
  const trainer = new Trainer(dataset, config, [], listener, { tuning: TUNING, isSoftware: engine.isSoftware });
  try {
    await trainer.start();
    let outcome = await trainer.advance();
    while (outcome === 'continue') outcome = await trainer.advance();
    await trainer.flush();
    return record.result(outcome);
  } finally {
    trainer.dispose();
  }
}
