import type { EngineInfo } from '../../../domain/engineInfo';
import { indicesOf, TRAIN } from '../../../domain/imageDataset';
import { microBatchSize } from '../../../domain/microBatch';
import type { RunConfig } from '../../../domain/runConfig';
import type { SuitMeasure, SuitTable } from '../../../domain/suiting/suitTable';
import { mostPixels } from '../../images/imageSource';
import type { TrainingImages } from '../../images/pictureCache';
import { bindingLimit } from '../../kernels/runtime/program';
import { checkRun, RunError } from '../checkRun';
import type { KernelOptions } from '../kernelChoice';
import { largeTensors } from '../largeTensors';
import { candidatesAround } from './candidates';
import { CANDIDATE_COUNTS, type Limits } from './plan';
import type { Planning } from './planning';
import { measureFor, scoringOf } from './scoring';
import { searchSettings } from './search';
import { shortRunsOn } from './shortRuns';

/** Share of the largest tensor that the engine can work on which a candidate of another batch may take, since a run waits beside it. */
const TENSOR_SHARE = 1 / 4;

export interface SuitParts {
  readonly images: TrainingImages;
  /** The person's settings. */
  readonly own: RunConfig;
  readonly engine: EngineInfo;
  readonly kernels: KernelOptions;
  /** By default what the images allow. */
  readonly measure?: SuitMeasure;
  planning(limits: Limits): Planning;
  /** Awaited between two parts of the work; may throw to stop. */
  readonly between: () => Promise<void>;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Receives what is known so far, whenever it changes. */
  readonly onTable: (table: SuitTable) => void;
}

/**
 * Searches for settings that suit the images, on the engine. A run that waits meanwhile settles its kernels before it goes on.
 * @throws RunError where no run can be trained with the person's settings on these images
 */
export async function suitImages(parts: SuitParts): Promise<SuitTable> {
  const { images, own, engine, kernels, between, now, onTable } = parts;
  checkRun(images, own, bindingLimit());
  const candidates = candidatesAround(own, CANDIDATE_COUNTS[0], (config) => fits(images, own, config));
  const planning = parts.planning({
    batchSize: Math.max(...candidates.map(({ batchSize }) => batchSize)),
    imagesOfRun: own.totalSteps * own.batchSize,
  });
  const scoring = await scoringOf(images, own, parts.measure ?? measureFor(images), between);
  const { measure, tested } = scoring;
  const left = () => planning.left();
  const runs = shortRunsOn({ images, engine, kernels, scoring, between, left, now });
  return searchSettings(candidates, { measure, tested, planning, runs, onTable });
}

/** Whether a run of these settings can be trained, and, where its batch is larger than the person's, leaves room for another run. */
function fits(images: TrainingImages, own: RunConfig, config: RunConfig): boolean {
  const limit = bindingLimit();
  try {
    checkRun(images, config, limit);
  } catch (error) {
    if (error instanceof RunError) return false;
    throw error;
  }
  if (config.batchSize <= own.batchSize) return true;
  const trainImages = indicesOf(images, TRAIN).length;
  const tensors = largeTensors(config, trainImages, mostPixels(images, microBatchSize(config)));
  return tensors.every(({ bytes }) => bytes <= TENSOR_SHARE * limit);
}
