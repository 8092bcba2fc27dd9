import { currentDevice } from '../runtime/subgroups';
import type { ConvGeometry } from './geometry';
import { type ConvPass, type ConvVariant, shapeClass, variantsOf } from './variants';

/**
 * Which variant a convolution takes. Settled before a run's first step and not changed by it: sums in another order differ in their last
 * digits, so that a change would show in the run.
 */
interface Choices {
  /** By shape class. */
  readonly settled: ReadonlyMap<string, ConvVariant>;
  /** For classes that nobody asked about beforehand. */
  readonly otherwise: ReadonlyMap<ConvPass, ConvVariant>;
}

const choicesOn = new WeakMap<GPUDevice, Choices>();
let forced: ((pass: ConvPass) => ConvVariant) | null = null;

/** The variant for a shape: the one settled for its class, else the one that suits most of the pass. */
export function variantFor(pass: ConvPass, geometry: ConvGeometry): ConvVariant {
  if (forced !== null) return forced(pass);
  const device = currentDevice();
  const choices = choicesOn.get(device);
  return (
    choices?.settled.get(shapeClass(pass, geometry)) ?? choices?.otherwise.get(pass) ?? variantsOf(pass, device)[0]
  );
}

/** Has convolutions on a device use these variants from now on, and forgets what was settled before. */
export function settleVariants(device: GPUDevice, settled: Choices['settled'], otherwise: Choices['otherwise']): void {
  choicesOn.set(device, { settled, otherwise });
}

/** Runs `body` with every convolution computed by the variants given, whatever was settled: for measuring and for tests. */
export function withVariant<T>(choose: (pass: ConvPass) => ConvVariant, body: () => T): T {
  const before = forced;
  forced = choose;
  try {
    return body();
  } finally {
    forced = before;
  }
}
