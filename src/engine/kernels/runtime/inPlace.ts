import type * as tf from '@tensorflow/tfjs';
import { defineProgram, type KernelProgram, runProgram, storageBufferLimit } from './program';

/**
 * Kernels that overwrite variables in place, many variables per dispatch. tfjs's own `assign` gives a variable another buffer, so that a
 * recorded step would use the old one, and a dispatch for each small parameter would cost more than its work.
 */
export interface InPlaceParts<
  Written extends string,
  Read extends string,
  Whole extends string,
  Shared extends string,
> {
  readonly name: string;
  /** Names of each item's tensors, which have one shape, and of its whole numbers. */
  readonly writes: readonly Written[];
  readonly reads: readonly Read[];
  readonly integers: readonly Whole[];
  /** A tensor that all items read. */
  readonly sharedRead: 'scalars' | null;
  readonly sharedFloats: readonly Shared[];
  /** WGSL statements on element `i` of an item; the item's tensors are `NAME$`, its numbers `uniforms.NAME$`. */
  readonly code: string;
}

export type InPlaceItem<Written extends string, Read extends string, Whole extends string> = {
  readonly writes: Readonly<Record<Written, tf.Tensor>>;
  readonly reads: Readonly<Record<Read, tf.Tensor>>;
  readonly integers: Readonly<Record<Whole, number>>;
};

/** The most items per dispatch; a higher limit would only compile more pipelines. */
const MAX_SLOTS = 8;

function withSlots<W extends string, R extends string, I extends string, S extends string>(
  parts: InPlaceParts<W, R, I, S>,
  slots: number,
): KernelProgram<string, string, string> {
  const all = Array.from({ length: slots }, (_, slot) => slot);
  const each = (names: readonly string[]) => all.flatMap((slot) => names.map((name) => `${name}${slot}`));
  const typed = <T extends string>(names: readonly string[], type: T) =>
    Object.fromEntries(names.map((name) => [name, type]));
  return defineProgram({
    name: `${parts.name}${slots}`,
    inputs: typed([...(parts.sharedRead === null ? [] : [parts.sharedRead]), ...each(parts.reads)], 'f32'),
    outputs: typed(each(parts.writes), 'f32'),
    uniforms: { ...typed(parts.sharedFloats, 'f32'), ...typed(each(['size', ...parts.integers]), 'i32') },
    workgroupSize: [64, 1, 1],
    entry: 'threads',
    code: `fn run(index : i32) {
  var i = index;
${all
  .map(
    (slot) =>
      `  if (i < uniforms.size${slot}) {\n${parts.code.replaceAll('$', `${slot}`)}\n  return; }\n  i -= uniforms.size${slot};`,
  )
  .join('\n')}
}`,
  });
}

/** Returns the function that runs the kernel over any number of items, in as few dispatches as the adapter's bindings allow. */
export function inPlaceKernel<W extends string, R extends string, I extends string, S extends string>(
  parts: InPlaceParts<W, R, I, S>,
): (
  items: readonly InPlaceItem<W, R, I>[],
  shared: { readonly scalars?: tf.Tensor; readonly floats: Readonly<Record<S, number>> },
) => void {
  const programs = new Map<number, KernelProgram<string, string, string>>();
  return (items, { scalars, floats }) => {
    const sharedInputs: Record<string, tf.Tensor> = scalars === undefined ? {} : { scalars };
    const bindings = storageBufferLimit() - Object.keys(sharedInputs).length;
    const slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(bindings / (parts.writes.length + parts.reads.length))));
    for (let start = 0; start < items.length; start += slots) {
      const run = items.slice(start, start + slots);
      let program = programs.get(run.length);
      if (program === undefined) {
        program = withSlots(parts, run.length);
        programs.set(run.length, program);
      }
      const merge = <T>(of: (item: InPlaceItem<W, R, I>) => Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(
          run.flatMap((item, slot) => Object.entries(of(item)).map(([name, value]) => [`${name}${slot}`, value])),
        );
      const sizes = run.map(({ writes }) => writes[parts.writes[0]].size);
      runProgram(program, {
        inputs: { ...sharedInputs, ...merge<tf.Tensor>(({ reads }) => reads) },
        outputs: merge<tf.Tensor>(({ writes }) => writes),
        uniforms: {
          ...floats,
          ...Object.fromEntries(sizes.map((size, slot) => [`size${slot}`, size])),
          ...merge<number>(({ integers }) => integers),
        },
        size: sizes.reduce((a, b) => a + b, 0),
      });
    }
  };
}
