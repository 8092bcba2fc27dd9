import { type FunctionBuilder, type Int, i32, type Local, type Value } from './assembler';
import { at, FLOAT, LANES, loadLanes, storeLanes, VECTOR } from './lanes';

/**
 * Runs over `count` floats, vectors of four first and then one by one; `pointers` move along. The body gets the number of lanes to load and
 * store.
 */
export function eachVector(
  f: FunctionBuilder,
  count: Int,
  pointers: readonly Local<'i32'>[],
  body: (lanes: typeof LANES | 1) => void,
): void {
  const left = f.let(i32.of(count));
  const run = (lanes: typeof LANES | 1) =>
    f.if(i32.ltU(lanes - 1, left), () =>
      f.doWhile(() => {
        body(lanes);
        for (const pointer of pointers) f.advance(pointer, lanes === 1 ? FLOAT : VECTOR);
        f.set(left, i32.sub(left, lanes));
        return i32.ltU(lanes - 1, left);
      }),
    );
  run(LANES);
  run(1);
}

/** Numbers in a unit of an element-wise kernel. */
export const UNIT = 4096;

/** The units that `count` numbers are divided into. */
export const floatUnits = (count: number): number => Math.ceil(count / UNIT);

/** result[i] = value(sources[i]) for the floats of the units `from` to `to - 1` of `count`. */
export function eachFloat(
  f: FunctionBuilder,
  count: number,
  { from, to }: { readonly from: Local<'i32'>; readonly to: Local<'i32'> },
  arrays: readonly [result: Local<'i32'>, ...sources: Local<'i32'>[]],
  value: (loaded: readonly Value<'v128'>[]) => Value<'v128'>,
): void {
  const first = f.let(i32.mul(from, UNIT));
  const floats = f.let(i32.sub(i32.min(i32.mul(to, UNIT), i32.const(count)), first));
  const [result, ...sources] = arrays;
  const target = f.let(at(result, first, FLOAT));
  const pointers = sources.map((source) => f.let(at(source, first, FLOAT)));
  const made = f.local('v128');
  eachVector(f, floats, [target, ...pointers], (lanes) => {
    f.set(made, value(pointers.map((pointer) => loadLanes(pointer, lanes))));
    for (const store of storeLanes(target, made, lanes)) f.emit(store);
  });
}
