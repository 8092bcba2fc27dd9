import { combinedError, differs } from '../accuracy';
import { spreadOf } from '../diagnosis/spread';
import type { DiagnosisState } from '../diagnosis/states';
import type { ExperimentRun, Figure, RunSummary, Verdict } from './experiment';

/** Two accuracies count as alike only if two standard errors of their difference are at most this; with a larger error the comparison is undecided. */
const ALIKE_WITHIN = 0.06;
/** The level that the spread of outputs is compared with in experiments, in units of 1/sqrt(d): an even spread. */
const EVEN = 1;
/** At a collapse the loss of the cosine is within 2 % of its minimum of -1. */
const MINIMAL_LOSS = -0.98;

/** Whether a row of a claim holds: `one seed` and `too few` where there are too few seeds or queries to decide, `not measured` where a figure is missing. */
export type Holds = boolean | 'one seed' | 'too few' | 'not measured';

/** A row of a claim with what was found. */
export interface Finding {
  /** What the claim says, as a clause with the numbers that were found. */
  readonly text: string;
  readonly holds: Holds;
  /** Whether the experiment shows nothing of the claim if this does not hold. */
  readonly isRequired?: boolean;
}

/** The relation of a figure to another one, beyond two standard errors of their difference over queries and seeds. */
export type Comparison = 'higher' | 'lower' | 'alike' | Exclude<Holds, boolean>;

/** Compares the kNN accuracies of two runs, or of a run and of the untrained network. */
export function compare(a: Figure | null, b: Figure | null): Comparison {
  if (a === null || b === null) return 'not measured';
  // One seed does not show by how much seeds differ.
  if (Math.min(a.values.length, b.values.length) < 2) return 'one seed';
  if (differs(a, b)) return a.value > b.value ? 'higher' : 'lower';
  return 2 * combinedError(a, b) > ALIKE_WITHIN ? 'too few' : 'alike';
}

/** Whether a comparison came out as one of those that a claim allows. */
export function isOneOf(found: Comparison, ...allowed: readonly Comparison[]): Holds {
  if (found === 'higher' || found === 'lower' || found === 'alike') return allowed.includes(found);
  return found;
}

/** Whether a run learnt: its kNN accuracy is above that of the untrained network. */
export function learns({ knn, untrainedKnn }: RunSummary): Holds {
  return isOneOf(compare(knn, untrainedKnn), 'higher');
}

const LOST: ReadonlySet<DiagnosisState> = new Set([
  'narrowing',
  'collapsed',
  'dimensional',
  'recovering',
  'stuck',
  'diverged',
]);

/** Whether the outputs of every seed stay spread: at least half of an even spread, and no diagnosis that they have lost it. */
export function staysSpread({ relativeStd, states }: RunSummary): Holds {
  if (states.some((state) => LOST.has(state))) return false;
  if (relativeStd === null) return 'not measured';
  return relativeStd.values.every((std) => !['constant', 'below half'].includes(spreadOf(std, EVEN)));
}

/** Whether the outputs of every seed are constant. */
export function hasCollapsed({ relativeStd, states }: RunSummary): Holds {
  if (relativeStd === null) return 'not measured';
  const constant = relativeStd.values.every((std) => spreadOf(std, EVEN) === 'constant');
  return constant && states.every((state) => state === 'collapsed' || state === 'stuck');
}

/** Whether the outputs of every seed are constant or, by the diagnosis, vary in few directions only. */
export function losesOutputs(summary: RunSummary): Holds {
  return endsIn(summary, 'collapsed', 'stuck', 'dimensional') === true || hasCollapsed(summary);
}

/** Whether every seed has ended in one of these states. */
export function endsIn({ states }: RunSummary, ...ends: readonly DiagnosisState[]): Holds {
  return states.length === 0 ? 'not measured' : states.every((state) => ends.includes(state));
}

/** Whether the cosine loss of every seed is at its minimum. */
export function lossIsMinimal({ loss }: RunSummary): Holds {
  return loss === null ? 'not measured' : loss.values.every((value) => value <= MINIMAL_LOSS);
}

/** Whether both hold; where both are undecided, the reason of the first. */
export function both(a: Holds, b: Holds): Holds {
  if (a === false || b === false) return false;
  return a === true ? b : a;
}

/** The summaries of the runs, in their order; null while one is missing. */
export function summariesOf(
  runs: readonly ExperimentRun[],
  of: (id: string) => RunSummary | null,
): { readonly run: ExperimentRun; readonly summary: RunSummary }[] | null {
  const made = runs.flatMap((run) => {
    const summary = of(run.id);
    return summary === null ? [] : [{ run, summary }];
  });
  return made.length < runs.length ? null : made;
}

const HEADINGS: readonly (readonly [(holds: Holds) => boolean, string])[] = [
  [(holds) => holds === true, 'Holds'],
  [(holds) => holds === false, 'Does not hold'],
  [(holds) => holds === 'one seed', 'Undecided with one seed'],
  [(holds) => holds === 'too few', 'Undecided with so few queries and seeds'],
  [(holds) => holds === 'not measured', 'Not measured'],
];

function outcomeOf(findings: readonly Finding[]): Verdict['outcome'] {
  if (findings.some(({ holds, isRequired }) => isRequired === true && holds === false)) return 'does not';
  const holding = findings.filter(({ holds }) => holds === true).length;
  const failing = findings.filter(({ holds }) => holds === false).length;
  if (failing > 0) return holding > 0 ? 'partly' : 'does not';
  return holding === findings.length ? 'reproduces' : 'cannot tell';
}

/** The verdict over every row of a claim: it reproduces only if all rows hold. */
export function judge(findings: readonly Finding[]): Verdict {
  const parts = HEADINGS.flatMap(([fits, heading]) => {
    const texts = findings.filter(({ holds }) => fits(holds)).map(({ text }) => text);
    return texts.length === 0 ? [] : [`${heading}: ${texts.join('; ')}.`];
  });
  return { outcome: outcomeOf(findings), text: parts.join(' ') };
}
