import * as tf from '@tensorflow/tfjs';
import type { LiveKey, LiveSettings, RunConfig } from '../../domain/runConfig';
import { sinkhornKnopp } from '../losses/sinkhornKnopp';
import { swappedPrediction } from '../losses/swappedPrediction';
import { backboneShape } from '../network/backbones/shapes';
import { buildEncoder, type Embedding, type Encoder } from '../network/encoder';
import { Prototypes } from '../network/heads/prototypes';
import { pairOf } from '../network/nn/bothViews';
import { Parameters } from '../network/nn/parameters';
import { withoutGradient } from '../network/nn/stopGradient';
import { seededRandom } from '../random';
import { FeatureQueue } from './featureQueue';
import type { Method, MethodOutput, MoreViews, TrainedParameter } from './method';
import { Predictor } from './predictor';
import type { StepInputs } from './stepInputs';

/** SwAV (arXiv 2006.09882): each view predicts the balanced cluster assignment of the other; with Sec. 6.2's variants. */
class Swav implements Method {
  readonly parameters = new Parameters();
  readonly featureDim: number;
  readonly outputDim: number;
  readonly moreViews: MoreViews;
  readonly #config: RunConfig;
  readonly #encoder: Encoder;
  readonly #predictor: Predictor;
  readonly #prototypes: Prototypes;
  readonly #queues: readonly [FeatureQueue, FeatureQueue] | null;
  /** From this step on the queue is full and used. */
  readonly #queueFrom: number;

  constructor(config: RunConfig) {
    const { outputDim: d, queueLength, queueStart, batchSize, seed } = config;
    const { parameters } = this;
    this.#config = config;
    this.#encoder = buildEncoder(parameters, backboneShape(config), config);
    this.#predictor = new Predictor(parameters, config);
    this.#prototypes = new Prototypes(parameters, [d, config.prototypes], seededRandom(seed, 'init', 'prototypes'));
    this.#queues =
      queueLength === 0
        ? null
        : [
            new FeatureQueue(parameters, 'view1', [queueLength, d]),
            new FeatureQueue(parameters, 'view2', [queueLength, d]),
          ];
    this.#queueFrom = Math.max(queueStart, Math.ceil(queueLength / batchSize));
    this.featureDim = this.#encoder.featureDim;
    this.outputDim = this.#encoder.outputDim;
    const { scaleMin } = config.augment.crop;
    // Half the side, and less of the picture than the large views show.
    const small = { count: config.smallCrops, side: config.imageSize / 2, scaleMin: scaleMin / 4, scaleMax: scaleMin };
    this.moreViews = { full: 0, small: small.count > 0 ? small : null };
  }

  forward({ x1, x2, smallViews, step }: StepInputs, live: LiveSettings): MethodOutput {
    const z = this.#encoder.encodePair(pairOf(x1, x2));
    const { first: z1, second: z2 } = z;
    const { first: p1, second: p2 } = this.#predictor.predictPair(z, live);
    const small = smallViews.map((x) => this.#predictor.predict(this.#encoder.encode(x, 'train'), live));
    const [s1, s2, ...others] = [p1, p2, ...small].map((p) => this.#prototypes.scores(p));
    const [q1, q2] = [z1, z2].map((z, view) => this.#assignments(z, view, step, live));
    const towards = (q: tf.Tensor2D, scores: readonly tf.Tensor2D[]) =>
      mean(scores.map((s) => swappedPrediction(s, q, live.temperature)));
    const loss = mean([towards(q1, [s2, ...others]), towards(q2, [s1, ...others])]);
    this.#queues?.[0].push(z1);
    this.#queues?.[1].push(z2);
    return { loss, z1, z2, p1, p2 };
  }

  /** q of a view's z [N, d]: a constant [N, K], unless Sec. 6.2's variant without stop-gradient is asked for. */
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

  trained(live: LiveSettings, step: number): TrainedParameter[] {
    const trained = this.#predictor.trained(live);
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

  liveChanged(key: LiveKey, live: LiveSettings): void {
    this.#predictor.liveChanged(key, live);
  }

  embed(images: tf.Tensor4D, mode: 'measure' | 'infer'): Embedding {
    return this.#encoder.embed(images, mode);
  }

  dispose(): void {
    this.parameters.dispose();
    this.#predictor.dispose();
  }
}

function mean(losses: readonly tf.Scalar[]): tf.Scalar {
  return losses.length === 1 ? losses[0] : tf.mul<tf.Scalar>(tf.addN([...losses]), 1 / losses.length);
}

export function createSwav(config: RunConfig): Method {
  return new Swav(config);
}
