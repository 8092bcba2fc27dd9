import * as tf from '@tensorflow/tfjs';
import { microBatchSize } from '../../domain/microBatch';
import type { LiveSettings, RunConfig } from '../../domain/runConfig';
import { sinkhornKnopp } from '../losses/sinkhornKnopp';
import { swappedPrediction } from '../losses/swappedPrediction';
import { Prototypes, prototypesLayer } from '../network/heads/prototypes';
import type { Network } from '../network/network';
import type { NetworkLayers } from '../network/networkLayers';
import { pairOf } from '../network/nn/bothViews';
import { withoutGradient } from '../network/nn/stopGradient';
import type { Pass } from '../network/pass';
import { seededRandom } from '../random';
import { BaseMethod } from './baseMethod';
import { FeatureQueue } from './featureQueue';
import type { MethodOutput, MoreViews, TrainedParameter } from './method';
import type { MethodImplementation } from './methodImplementation';
import { backbonePass, encoderPass, predictorPasses, projectorPass } from './passes';
import { siamesePasses } from './siamese';
import type { StepInputs } from './stepInputs';

type AllViews = Pick<StepInputs, 'x1' | 'x2' | 'smallViews'>;

/**
 * The backbone's features of the large views [2N, D], their outputs, and the predictions of all views, the small ones last; each [N, d].
 */
interface Outputs {
  readonly features: tf.Tensor2D;
  readonly z1: tf.Tensor2D;
  readonly z2: tf.Tensor2D;
  readonly p: readonly tf.Tensor2D[];
}

/** SwAV (arXiv 2006.09882): each view predicts the balanced cluster assignment of the other; with the variants of Sec. 6.2. */
class Swav extends BaseMethod {
  readonly moreViews: MoreViews;
  readonly #config: RunConfig;
  readonly #prototypes: Prototypes;
  readonly #queues: readonly [FeatureQueue, FeatureQueue] | null;
  /** From this step on the queue is full and used. */
  readonly #queueFrom: number;

  constructor(network: Network, config: RunConfig) {
    super(network);
    const { queueLength, queueStart, batchSize, seed } = config;
    const { parameters, outputDim: d } = this;
    this.#config = config;
    this.#prototypes = new Prototypes(parameters, prototypesLayer(config), seededRandom(seed, 'init', 'prototypes'));
    this.#queues =
      queueLength === 0
        ? null
        : [
            new FeatureQueue(parameters, 'view1', [queueLength, d]),
            new FeatureQueue(parameters, 'view2', [queueLength, d]),
          ];
    this.#queueFrom = Math.max(queueStart, Math.ceil(queueLength / batchSize));
    const { scaleMin } = config.augment.crop;
    // Small crops have half the side, and show a smaller part of the image than the large views.
    const small = {
      count: config.smallCrops,
      side: smallSide(network.layers),
      scaleMin: scaleMin / 4,
      scaleMax: scaleMin,
    };
    this.moreViews = { full: 0, small: small.count > 0 ? small : null };
  }

  forward({ x1, x2, smallViews, step }: StepInputs, live: LiveSettings): MethodOutput {
    const views = { x1, x2, smallViews };
    const { features, z1, z2, p } = this.#config.viewsTogether ? this.#together(views, live) : this.#apart(views, live);
    const [p1, p2] = p;
    const [s1, s2, ...others] = p.map((rows) => this.#prototypes.scores(rows));
    const [q1, q2] = [z1, z2].map((z, view) => this.#assignments(z, view, step, live));
    const towards = (q: tf.Tensor2D, scores: readonly tf.Tensor2D[]) =>
      mean(scores.map((s) => swappedPrediction(s, q, live.temperature)));
    const loss = mean([towards(q1, [s2, ...others]), towards(q2, [s1, ...others])]);
    this.#queues?.[0].push(z1);
    this.#queues?.[1].push(z2);
    return { loss, features, z1, z2, p1, p2 };
  }

  /** Each view has its own BN statistics. */
  #apart({ x1, x2, smallViews }: AllViews, live: LiveSettings): Outputs {
    const z = this.encoder.encodePair(pairOf(x1, x2));
    const { first: p1, second: p2 } = this.predictor.predictPair(z, live);
    const small = smallViews.map((x) => this.predictor.predict(this.encoder.encode(x, 'train'), live));
    return { features: z.features, z1: z.first, z2: z.second, p: [p1, p2, ...small] };
  }

  /** As in the official code: the views of a size have common BN statistics in the backbone, and all views in the heads. */
  #together({ x1, x2, smallViews }: AllViews, live: LiveSettings): Outputs {
    const { first, second, both } = pairOf(x1, x2);
    const large = both ?? tf.concat([first, second]);
    const { features, z } = this.encoder.encodeSizes(
      smallViews.length === 0 ? [large] : [large, tf.concat([...smallViews])],
    );
    const views = 2 + smallViews.length;
    const [z1, z2] = tf.split(z, views) as tf.Tensor2D[];
    return {
      features: tf.slice(features, 0, large.shape[0]),
      z1,
      z2,
      p: tf.split(this.predictor.predict(z, live), views) as tf.Tensor2D[],
    };
  }

  /** The assignments q [N, K] of a view's z [N, d]: a constant, except in the variant of Sec. 6.2 without stop-gradient. */
  #assignments(z: tf.Tensor2D, view: number, step: number, live: LiveSettings): tf.Tensor2D {
    const { sinkhornEpsilon: epsilon, sinkhornIterations: iterations } = this.#config;
    const assign = () => {
      const queue = step < this.#queueFrom ? undefined : this.#queues?.[view];
      const all = queue === undefined ? z : tf.concat([z, queue.rows], 0);
      const q = sinkhornKnopp(this.#prototypes.scores(all), { epsilon, iterations });
      return queue === undefined ? q : tf.slice(q, 0, z.shape[0]);
    };
    return live.stopGradient ? withoutGradient(assign) : assign();
  }

  override trained(live: LiveSettings, step: number): TrainedParameter[] {
    const trained = super.trained(live, step);
    const frozen = step < this.#config.freezePrototypes;
    return frozen ? trained.filter(({ name }) => !name.startsWith('prototypes.')) : trained;
  }

  phase(step: number): string {
    const frozen = step < this.#config.freezePrototypes;
    const queue = this.#queues !== null && step >= this.#queueFrom;
    return `${frozen ? 'prototypes frozen' : 'prototypes trained'}, ${queue ? 'with' : 'without'} queue`;
  }

  afterUpdate(): void {
    this.#prototypes.normalise();
  }
}

function mean(losses: readonly tf.Scalar[]): tf.Scalar {
  return losses.length === 1 ? losses[0] : tf.mul<tf.Scalar>(tf.addN([...losses]), 1 / losses.length);
}

/** Side in pixels of the small crops. */
function smallSide({ backbone }: NetworkLayers): number {
  return backbone.imageSize / 2;
}

/** Large and small views through encoder and predictor; all are scored against the prototypes, and z with the queue for the assignments. */
function passes(network: NetworkLayers, config: RunConfig): Pass[] {
  const { smallCrops, queueLength, stopGradient, outputDim } = config;
  const rows = microBatchSize(config);
  const view = { rows, views: 1, gradientViews: 1 } as const;
  const scores: Pass = {
    layers: [prototypesLayer(config)],
    input: [1, 1, outputDim],
    fromImages: false,
    trained: true,
    ...view,
  };
  const assignments: Pass = { ...scores, rows: rows + queueLength, gradientViews: stopGradient ? 0 : 1 };
  return [...viewPasses(network, config), ...Array<Pass>(2 + smallCrops).fill(scores), assignments, assignments];
}

function viewPasses(network: NetworkLayers, config: RunConfig): Pass[] {
  const { smallCrops, viewsTogether } = config;
  const rows = microBatchSize(config);
  const alone = { views: 1, gradientViews: 1 } as const;
  if (!viewsTogether || smallCrops === 0) {
    const view = { rows, ...alone };
    const crop = [encoderPass(network, view, smallSide(network)), ...predictorPasses(network, config, view)];
    return [...siamesePasses(network, config), ...Array.from({ length: smallCrops }, () => crop).flat()];
  }
  const all = { rows: (2 + smallCrops) * rows, ...alone };
  return [
    backbonePass(network, { rows: 2 * rows, ...alone }),
    backbonePass(network, { rows: smallCrops * rows, ...alone }, smallSide(network)),
    projectorPass(network, all),
    ...predictorPasses(network, config, all),
  ];
}

export const swav: MethodImplementation = { passes, create: (network, config) => new Swav(network, config) };
