import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import type { Values } from '../../src/engine/network/export/torchLayout';
import { networkLayersOf } from '../../src/engine/network/networkLayers';
import { torchvisionNames } from '../../src/engine/network/torchvisionNames';
import { seededRandom } from '../../src/engine/random';
import type { EncoderWeights } from '../../src/engine/run/export/encoderWeights';

/** An encoder with drawn weights, as a run of these settings might have it. */
export function drawnEncoder(change: Partial<RunConfig> = {}): EncoderWeights {
  const config = { ...presetConfig('tiny', 'folder'), outputDim: 16, projectorHidden: 16, ...change };
  const { backbone, projector } = networkLayersOf(config);
  const random = seededRandom(1, 'drawnEncoder');
  const tensors = torchvisionNames([...backbone.layers, ...projector]).map(({ ours, shape }): [string, Values] => {
    const count = shape.reduce((product, length) => product * length, 1);
    // Larger kernels would make the features of deep networks infinite.
    const bound = shape.length === 1 ? 0.5 : Math.min(0.5, Math.sqrt((3 * (shape.at(-1) ?? 1)) / count));
    const centre = /variance|gamma/.test(ours) ? 1 : 0;
    const values = Float32Array.from({ length: count }, () => random.uniform(centre - bound, centre + bound));
    return [ours, { shape, values }];
  });
  return {
    config,
    step: 7,
    normalisation: { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] },
    tensors: new Map(tensors),
  };
}
