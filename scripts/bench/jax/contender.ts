import { blockUntilReady, defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { Contender, ForeignNetwork, NetworkState } from '../../../src/bench/contender';
import { type Parameters, simSiamLoss } from './network';

/** Our layouts to jax-js's: kernels [k, k, in, out] to [out, in, k, k], images [N, H, W, C] to [N, C, H, W]. */
function toJax(values: Float32Array<ArrayBuffer>, shape: readonly number[], axes: readonly number[] | null): np.Array {
  const array = np.array(values).reshape([...shape]);
  return axes === null ? array : np.transpose(array, [...axes]);
}

function parametersOf(state: NetworkState): Parameters {
  return Object.fromEntries(
    state.parameters.map(({ name, shape, values }) => [
      name,
      toJax(values, shape, shape.length === 4 ? [3, 2, 0, 1] : null),
    ]),
  );
}

async function valuesOf(arrays: Parameters): Promise<Map<string, Float32Array>> {
  const entries = Object.entries(arrays).map(
    async ([name, array]) => [name, Float32Array.from(await array.ref.data())] as const,
  );
  return new Map(await Promise.all(entries));
}

/** jax-js computes on a WebGPU device of its own, on the adapter that `navigator.gpu` offers. */
export async function startJax(): Promise<void> {
  const { navigator } = globalThis as { navigator: { userAgent?: string } };
  // jax-js looks there for Firefox, and Node 20 does not define it.
  if (navigator.userAgent === undefined) Object.assign(navigator, { userAgent: `Node.js/${process.versions.node}` });
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js found no WebGPU adapter');
  defaultDevice('webgpu');
}

/** The step of `state` in jax-js: jit of valueAndGrad and SGD with momentum and weight decay, from the same weights and views. */
export async function jaxContender(state: NetworkState): Promise<ForeignNetwork> {
  const { network, momentum, weightDecay, learningRate } = state;
  let parameters = parametersOf(state);
  let velocity: Parameters = tree.map((p: np.Array) => np.zeros(p.shape), parameters);
  const views = [state.x1, state.x2].map((values) => toJax(values, state.viewShape, [0, 3, 1, 2]));
  await blockUntilReady([parameters, velocity, views]);

  const lossAndGradients = valueAndGrad((p: Parameters, x1: np.Array, x2: np.Array) => simSiamLoss(p, x1, x2, network));
  const update = jit((p: Parameters, v: Parameters, x1: np.Array, x2: np.Array) => {
    const [loss, gradients] = lossAndGradients(tree.ref(p), x1, x2);
    const nextV: Parameters = {};
    const nextP: Parameters = {};
    for (const [name, gradient] of Object.entries(gradients)) {
      nextV[name] = v[name].mul(momentum).add(gradient.add(p[name].ref.mul(weightDecay)));
      nextP[name] = p[name].sub(nextV[name].ref.mul(learningRate));
    }
    return { loss, p: nextP, v: nextV };
  });

  let loss: np.Array | null = null;
  const contender: Contender = {
    step() {
      const next = update(parameters, velocity, views[0].ref, views[1].ref);
      loss?.dispose();
      loss = next.loss;
      parameters = next.p;
      velocity = next.v;
    },
    async finish() {
      await blockUntilReady([loss, parameters, velocity]);
    },
    dispose() {
      for (const array of [...Object.values(parameters), ...Object.values(velocity), ...views]) array.dispose();
      loss?.dispose();
      update.dispose();
    },
  };
  return {
    contender,
    async lossAndGradientNorm() {
      const before = await valuesOf(parameters);
      contender.step();
      const after = await valuesOf(velocity);
      const [value] = loss === null ? [Number.NaN] : await loss.ref.data();
      // The first velocity is the gradient plus weight decay; taking the gradient from it saves compiling the network a second time.
      let squares = 0;
      for (const [name, values] of after) {
        const weights = before.get(name);
        if (weights === undefined) throw new Error(`jax-js has no parameter ${name}`);
        values.forEach((v, i) => {
          squares += (v - weightDecay * weights[i]) ** 2;
        });
      }
      return { loss: Number(value), gradientNorm: Math.sqrt(squares) };
    },
  };
}
