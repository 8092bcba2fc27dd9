import { lax, nn, numpy as np } from '@jax-js/jax';
import type { NetworkDescription } from '../../../src/bench/contender';

/**
 * SimSiam's network and loss in jax-js, as its own examples are written: images [N, C, H, W], kernels [out, in, k, k]. Each function owns
 * the arrays it is given, as jax-js asks; `ref` keeps one for another use.
 */

export type Parameters = Record<string, np.Array>;

const BN_EPSILON = 1e-5;
const MIN_NORM = 1e-8;

/** Hands out parameters by name, for one use each. */
type Take = (name: string) => np.Array;

function conv(x: np.Array, kernel: np.Array, stride: number): np.Array {
  const pad = (kernel.shape[2] - 1) / 2;
  return lax.convGeneralDilated(
    x,
    kernel,
    [stride, stride],
    [
      [pad, pad],
      [pad, pad],
    ],
  );
}

/** BatchNorm with the statistics of the batch over all axes but `axis`. Without `name` there is no affine part. */
function batchNorm(x: np.Array, take: Take, name: string | null): np.Array {
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const perChannel = x.shape.map((size, i) => (i === 1 ? size : 1));
  const centred = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), axes, { keepdims: true });
  const normalised = centred.div(np.sqrt(variance.add(BN_EPSILON)));
  if (name === null) return normalised;
  const gamma = take(`${name}.gamma`).reshape(perChannel);
  const beta = take(`${name}.beta`).reshape(perChannel);
  return normalised.mul(gamma).add(beta);
}

function basicBlock(x: np.Array, take: Take, name: string, stride: number, projected: boolean): np.Array {
  const conv1 = conv(x.ref, take(`${name}.conv1.kernel`), stride);
  const hidden = nn.relu(batchNorm(conv1, take, `${name}.bn1`));
  const main = batchNorm(conv(hidden, take(`${name}.conv2.kernel`), 1), take, `${name}.bn2`);
  const shortcut = projected
    ? batchNorm(conv(x, take(`${name}.shortcut.conv.kernel`), stride), take, `${name}.shortcut.bn`)
    : x;
  return nn.relu(main.add(shortcut));
}

function backbone(images: np.Array, take: Take, { shape }: NetworkDescription): np.Array {
  const { widths, blocks, strides, stemStride } = shape;
  let x = nn.relu(batchNorm(conv(images, take('encoder.stem.conv.kernel'), stemStride), take, 'encoder.stem.bn'));
  let input = widths[0];
  widths.forEach((out, stage) => {
    for (let block = 0; block < blocks[stage]; block++) {
      const stride = block === 0 ? strides[stage] : 1;
      x = basicBlock(x, take, `encoder.stage${stage + 1}.block${block}`, stride, stride !== 1 || input !== out);
      input = out;
    }
  });
  return np.mean(x, [2, 3]);
}

function mlp(x: np.Array, take: Take, name: string, layers: NetworkDescription['projector']): np.Array {
  return layers.reduce((input, { batchNorm: norm, relu }, i) => {
    const product = np.matmul(input, take(`${name}.fc${i + 1}.kernel`));
    const y =
      norm === 'none'
        ? product.add(take(`${name}.fc${i + 1}.bias`))
        : batchNorm(product, take, norm === 'affine' ? `${name}.bn${i + 1}` : null);
    return relu ? nn.relu(y) : y;
  }, x);
}

function l2Normalise(x: np.Array): np.Array {
  const squared = np.sum(np.square(x.ref), 1, { keepdims: true });
  return x.div(np.sqrt(np.maximum(squared, MIN_NORM ** 2)));
}

/** Eq. 1 with the stop-gradient of Eq. 3. */
function distance(p: np.Array, z: np.Array): np.Array {
  const cosine = np.sum(l2Normalise(p).mul(l2Normalise(lax.stopGradient(z))), 1);
  return np.negative(np.mean(cosine));
}

/** Eq. 4 on two views [N, C, H, W]; consumes the views and the parameters. */
export function simSiamLoss(parameters: Parameters, x1: np.Array, x2: np.Array, network: NetworkDescription): np.Array {
  const take: Take = (name) => {
    const parameter = parameters[name];
    if (parameter === undefined) throw new Error(`the jax-js network has no parameter ${name}`);
    return parameter.ref;
  };
  const f = (x: np.Array) => mlp(backbone(x, take, network), take, 'projector', network.projector);
  const h = (z: np.Array) => mlp(z, take, 'predictor', network.predictor);
  const z1 = f(x1);
  const z2 = f(x2);
  const p1 = h(z1.ref);
  const p2 = h(z2.ref);
  for (const parameter of Object.values(parameters)) parameter.dispose();
  return distance(p1, z2).add(distance(p2, z1)).mul(0.5);
}
