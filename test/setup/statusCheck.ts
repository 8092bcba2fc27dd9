import type { Status } from '../../src/ui/status/statusText';

/** The numbers of a run at one step, taken from its curve: independent of the code that writes the sentences. */
export interface Facts {
  readonly loss: number;
  readonly firstLoss: number;
  /** Smallest loss; null where it is not known. */
  readonly leastLoss: number | null;
  /** In units of 1/sqrt(d). */
  readonly std: number;
  readonly earlyStd: number;
  /** Means of the last five stds and of five about twenty steps before; null in the first 25 steps. */
  readonly stdNow: number | null;
  readonly stdBefore: number | null;
  readonly rank: number | null;
  readonly highestRank: number;
  readonly lossesOfLate: readonly number[];
  /** Whether stop-gradient is off in a method that has one. */
  readonly lacksStopGradient: boolean;
  /** kNN accuracy, and that of the untrained network; null where not measured. */
  readonly knn: { readonly now: number; readonly untrained: number } | null;
}

interface Claim {
  readonly says: RegExp;
  /** Whether the numbers allow the claim. */
  readonly holds: (facts: Facts) => boolean;
}

const share = ({ std, earlyStd }: Facts) => std / earlyStd;
const rises = ({ stdNow, stdBefore }: Facts) => stdNow !== null && stdBefore !== null && stdNow > 1.11 * stdBefore;
const falls = ({ stdNow, stdBefore }: Facts) => stdNow !== null && stdBefore !== null && stdNow < 0.9 * stdBefore;
const way = ({ loss, firstLoss, leastLoss }: Facts) =>
  leastLoss === null ? null : (firstLoss - loss) / (firstLoss - leastLoss);

/** What a sentence may claim only if the numbers of the same step do not contradict it. */
const CLAIMS: readonly Claim[] = [
  {
    says: /^Learning\./,
    holds: (f) => share(f) >= 0.79 && f.std >= 0.49 && f.loss < f.firstLoss && !f.lacksStopGradient,
  },
  { says: /stay apart|still differ|are apart/, holds: (f) => share(f) >= 0.79 && f.std >= 0.49 },
  { says: /come together/, holds: (f) => f.loss < f.firstLoss && (way(f) ?? 1) >= 0.2 },
  { says: /hardly agree yet/, holds: (f) => (way(f) ?? 0) <= 0.3 },
  { says: /no lower than at first/, holds: (f) => f.loss >= f.firstLoss - 0.0011 },
  { says: /come closer/, holds: (f) => share(f) < 0.81 && share(f) >= 0.49 },
  { says: /close together/, holds: (f) => share(f) < 0.51 },
  { says: /run together|^Collapsing/, holds: (f) => share(f) < 0.81 && !rises(f) },
  { says: /^Narrowing/, holds: (f) => share(f) < 0.81 && !rises(f) },
  { says: /nearly the same output/, holds: (f) => share(f) < 0.31 && f.std < 0.205 },
  { says: /With stop-gradient off|Stop-gradient is off/, holds: (f) => f.lacksStopGradient },
  { says: /have spread again/, holds: (f) => share(f) >= 0.79 },
  {
    says: /std rises|rises again|^Recovering/,
    holds: (f) => rises({ ...f, stdNow: f.stdNow === null ? null : 1.02 * f.stdNow }),
  },
  { says: /falls again/, holds: (f) => f.stdNow === null || f.stdBefore === null || f.stdNow < 0.97 * f.stdBefore },
  { says: /holds now/, holds: (f) => !rises(f) && !falls(f) },
  { says: /does not rise|^Stuck/, holds: (f) => !rises(f) && share(f) < 0.81 },
  { says: /no collapse/, holds: (f) => share(f) >= 0.79 && f.std >= 0.49 },
  { says: /loss stays high/, holds: (f) => (way(f) ?? 0) <= 0.5 },
  { says: /but along/, holds: (f) => f.rank !== null && f.rank < 0.55 * f.highestRank },
  {
    says: /The loss swings/,
    holds: (f) =>
      Math.max(...f.lossesOfLate) - Math.min(...f.lossesOfLate) > 0.09 * Math.abs(f.firstLoss - (f.leastLoss ?? 0)),
  },
  { says: /Better than before/, holds: ({ knn }) => knn !== null && knn.now > knn.untrained },
  { says: /Worse than before/, holds: ({ knn }) => knn !== null && knn.now < knn.untrained },
];

const number = (text: string) => Number(text.replace('−', '-'));

/** The shown numbers that are not those of the step. */
function staleNumbers(text: string, facts: Facts, outputDim: number): string[] {
  const wrong: string[] = [];
  const std = /std (−?[\d.]+) of ([\d.]+)/.exec(text);
  if (std !== null) {
    const even = 1 / Math.sqrt(outputDim);
    if (Math.abs(number(std[1]!) - facts.std * even) > 0.00051) wrong.push(std[0]);
    if (Math.abs(number(std[2]!) - even) > 0.00051) wrong.push(std[0]);
  }
  const loss = /(?:loss|loss is|loss stays high|loss is lower now) \(?(−?[\d.]+\d)/.exec(text);
  if (loss !== null && Math.abs(number(loss[1]!) - facts.loss) > 0.00051) wrong.push(loss[0]);
  const level = /(\d+) % of its early level/.exec(text);
  if (level !== null && Math.abs(number(level[1]!) / 100 - share(facts)) > 0.0051) wrong.push(level[0]);
  return wrong;
}

/** What a status says that the numbers of its step contradict; empty where nothing does. */
export function contradictions(
  { tone, title, text }: Pick<Status, 'tone' | 'title' | 'text'>,
  facts: Facts,
  outputDim: number,
): string[] {
  const parts = [title, text];
  const claims = CLAIMS.filter(({ says, holds }) => parts.some((part) => says.test(part)) && !holds(facts));
  const found = claims.map(({ says }) => `${says}`);
  if (tone === 'good' && !(share(facts) >= 0.79 && facts.std >= 0.49))
    found.push('green although the outputs are not apart');
  return [...found, ...staleNumbers(`${title} ${text}`, facts, outputDim)];
}
