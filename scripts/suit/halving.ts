import type { EngineInfo } from '../../src/domain/engineInfo';
import type { RunConfig } from '../../src/domain/runConfig';
import type { TrainingImages } from '../../src/engine/images/pictureCache';
import { wordsOf } from './candidates';
import { scoreOf, viewPair } from './shortRun';

/** Images that a candidate is trained on in the first round; each round keeps half, for twice as long. */
const IMAGES = 2560;
const ROUNDS = 3;

/** The length of a run that is trained on so many images. */
export const stepsOf = ({ batchSize }: RunConfig, images: number) => Math.round(images / batchSize);

/** A round's candidates in words, the best first. */
export type Round = readonly { readonly words: string; readonly score: number }[];

export interface SearchOptions {
  readonly byClasses: boolean;
  readonly engine: EngineInfo;
  readonly log: (line: string) => void;
}

/**
 * Chooses among candidates by successive halving (Jamieson & Talwalkar 2016, “Non-stochastic best arm identification”): short runs of all, then
 * longer ones of the better half. @param candidates the first is the preset, by whose views all are ranked
 */
export async function bestOf(
  candidates: readonly [RunConfig, ...RunConfig[]],
  images: TrainingImages,
  { byClasses, engine, log }: SearchOptions,
): Promise<{ readonly best: RunConfig; readonly rounds: readonly Round[] }> {
  const [preset] = candidates;
  const views = await viewPair(images, preset, preset.augment);
  const rounds: Round[] = [];
  let left: readonly RunConfig[] = candidates;
  for (let round = 0; round < ROUNDS; round++) {
    const scored: { readonly config: RunConfig; readonly score: number }[] = [];
    for (const config of left) {
      const steps = stepsOf(config, IMAGES * 2 ** round);
      const score = await scoreOf(images, config, steps, views, byClasses, engine);
      log(`round ${round + 1}: ${score.toFixed(3)}, ${wordsOf(config)}`);
      scored.push({ config, score });
    }
    scored.sort((a, b) => b.score - a.score);
    rounds.push(scored.map(({ config, score }) => ({ words: wordsOf(config), score })));
    left = scored.slice(0, Math.ceil(scored.length / 2)).map(({ config }) => config);
  }
  return { best: left[0] ?? preset, rounds };
}
