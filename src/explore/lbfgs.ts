/** A function's value and gradient at a point. */
export interface Evaluated {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimiseOptions {
  /** Stops when no entry of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Multiplies by an approximation of the inverse Hessian, in place; a multiple of the identity where left out. */
  readonly precondition?: (gradient: Float64Array) => void;
  /** Called before each iteration; may throw to stop. */
  readonly onIteration?: (iteration: number) => void;
}

/** Pairs of steps and changes of the gradient that approximate the curvature. */
const MEMORY = 10;
/** Armijo's condition: the share of the predicted decrease that a step must bring. */
const DECREASE = 1e-4;
const MAX_HALVINGS = 30;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, factor: number, other: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * other[i];
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** The two-loop recursion (Nocedal & Wright, Numerical Optimization, 2nd ed., Algorithm 7.4): minus the inverse Hessian times the gradient. */
function direction(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: MinimiseOptions['precondition'],
): Float64Array {
  const q = Float64Array.from(gradient, (value) => -value);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i];
    shares[i] = dot(step, q) / curvature;
    addScaled(q, -shares[i], change);
  }
  const last = pairs.at(-1);
  if (precondition !== undefined) precondition(q);
  else if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < q.length; i++) q[i] *= scale;
  }
  pairs.forEach(({ step, change, curvature }, i) => addScaled(q, shares[i] - dot(change, q) / curvature, step));
  return q;
}

/**
 * Minimises a smooth convex function by L-BFGS with a backtracking line search.
 * @param start is not changed
 * @returns the last point; `converged` is false where the iterations ran out
 */
export async function minimise(
  f: (x: Float64Array) => Promise<Evaluated>,
  start: Float64Array,
  { tolerance, maxIterations, precondition, onIteration }: MinimiseOptions,
): Promise<{ readonly x: Float64Array; readonly value: number; readonly converged: boolean }> {
  let x = start;
  let now = await f(x);
  let pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    onIteration?.(iteration);
    if (now.gradient.every((entry) => Math.abs(entry) <= tolerance)) return { x, value: now.value, converged: true };
    const towards = direction(now.gradient, pairs, precondition);
    const slope = dot(towards, now.gradient);
    // Without curvature the step has the length of the gradient, which may be far too long or short.
    const isBlind = pairs.length === 0 && precondition === undefined;
    let length = isBlind ? Math.min(1, 1 / Math.sqrt(dot(now.gradient, now.gradient))) : 1;
    let next: Evaluated | null = null;
    let point = x;
    for (let halving = 0; halving < MAX_HALVINGS && next === null; halving++, length /= 2) {
      point = x.slice();
      addScaled(point, length, towards);
      const tried = await f(point);
      if (tried.value <= now.value + DECREASE * length * slope) next = tried;
    }
    // No step brings a decrease: the rest is rounding.
    if (next === null) return { x, value: now.value, converged: true };
    const step = point.map((value, i) => value - x[i]);
    const reached = next;
    const change = reached.gradient.map((value, i) => value - now.gradient[i]);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) pairs = [...pairs, { step, change, curvature }].slice(-MEMORY);
    x = point;
    now = reached;
  }
  return { x, value: now.value, converged: false };
}
