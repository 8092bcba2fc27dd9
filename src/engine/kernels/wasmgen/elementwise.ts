import { type FunctionBuilder, type Int, i32, type Local } from './assembler';
import { FLOAT, LANES, VECTOR } from './lanes';

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
