import { currentDevice } from '../runtime/subgroups';
import type { ConvGeometry } from './geometry';
import { type ConvPass, type ConvVariant, shapeClass, variantsOf } from './variants';

/**
 * Which variant each convolution uses. It is chosen before a run's first step and fixed during the run, because another variant sums in
 * another order, which changes the last digits.
 */
interface Choices {
  /** By shape class. */
  readonly settled: ReadonlyMap<string, ConvVariant>;
  /** By pass, for classes that were not tuned. */
  readonly otherwise: ReadonlyMap<ConvPass, ConvVariant>;
}

const choicesOn = new WeakMap<GPUDevice, Choices>();
let forced: ((pass: ConvPass) => ConvVariant) | null = null;

/** The variant for a shape: the one chosen for its class, else the one chosen for other classes of its pass, else the first. */
export function variantFor(pass: ConvPass, geometry: ConvGeometry): ConvVariant {
  if (forced !== null) return forced(pass);
  const device = currentDevice();
  const choices = choicesOn.get(device);
  return (
    choices?.settled.get(shapeClass(pass, geometry)) ?? choices?.otherwise.get(pass) ?? variantsOf(pass, device)[0]
  );
}

/** Sets the variants that convolutions on a device use from now on, in place of earlier ones. */
export function settleVariants(device: GPUDevice, settled: Choices['settled'], otherwise: Choices['otherwise']): void {
  choicesOn.set(device, { settled, otherwise });
}

/** Runs `body` with every convolution computed by the variants that `choose` returns: for measuring and for tests. */
export function withVariant<T>(choose: (pass: ConvPass) => ConvVariant, body: () => T): T {
  const before = forced;
  forced = choose;
  try {
    return body();
  } finally {
    forced = before;
  }
}
