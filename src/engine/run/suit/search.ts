import type { RunConfig } from '../../../domain/runConfig';
import type {
  SuitEnding,
  SuitEntry,
  SuitMeasure,
  SuitOutcome,
  SuitRound,
  SuitTable,
  SuitTask,
} from '../../../domain/suiting/suitTable';
import { rankingOf } from '../../../domain/suiting/verdict';
import { keptFor, type RunCost } from './plan';
import type { Planning } from './planning';

/** A short run of a candidate, and what it took. */
export interface ShortRun {
  /** null where the time was over before it was measured. */
  readonly outcome: SuitOutcome | null;
  readonly cost: RunCost;
}

/** What a search does with a candidate. */
export interface ShortRuns {
  /** @param onShare called with the share of the training that is done, in [0, 1] */
  run(config: RunConfig, images: number, onShare: (share: number) => void): Promise<ShortRun>;
  /** A run that is long enough to tell what a run takes; null where the time was over. */
  speed(config: RunConfig): Promise<RunCost | null>;
  /** The estimated time of an image by `config` in relation to one by `other`. */
  relativeCost(config: RunConfig, other: RunConfig): number;
}

export interface SearchOptions {
  readonly measure: SuitMeasure;
  /** Images that are tested. */
  readonly tested: number;
  readonly planning: Planning;
  readonly runs: ShortRuns;
  /** Receives what is known so far, whenever it changes. */
  readonly onTable: (table: SuitTable) => void;
}

const MS = 1000;

/**
 * Looks for settings that suit the images by successive halving (Jamieson & Talwalkar 2016, “Non-stochastic best arm identification”): short
 * runs of all candidates, then longer ones of the better half. The first candidate, the person's settings, stays to the end, so that each
 * comparison with it is one of runs of equal length. A candidate that diverges is behind all others and is not trained again.
 */
export async function searchSettings(candidates: readonly RunConfig[], options: SearchOptions): Promise<SuitTable> {
  return new Search(candidates, options).run();
}

class Search {
  readonly #options: SearchOptions;
  #entries: SuitEntry[];
  #costs: RunCost[];
  #rounds: readonly SuitRound[] = [];
  #task: SuitTask | null = null;

  constructor(candidates: readonly RunConfig[], options: SearchOptions) {
    this.#options = options;
    this.#entries = candidates
      .slice(0, options.planning.candidates)
      .map((config) => ({ config, outcomes: [], outAfter: null }));
    this.#costs = this.#entries.map(() => ({ fixed: 0, perImage: 0 }));
  }

  async run(): Promise<SuitTable> {
    const { planning } = this.#options;
    if (planning.needsSpeed && !(await this.#measureSpeed())) return this.#end('out-of-time');
    const planned = planning.plan(this.#costs);
    if ('millisecondsNeeded' in planned) return this.#end('too-slow', planned.millisecondsNeeded);
    this.#rounds = planned.rounds;
    const candidates = planned.rounds[0].candidates;
    this.#entries = this.#entries.slice(0, candidates);
    let going = this.#entries.map((_, entry) => entry);
    for (let round = 0; round < this.#rounds.length; round++) {
      if (!(await this.#trainAll(going, round))) return this.#end('out-of-time');
      const next = this.#goingOn(round, keptFor(candidates, round + 1));
      if (!this.#replan(round + 1, next)) return this.#end('out-of-time');
      if (round + 1 < this.#rounds.length) {
        for (const entry of going) if (!next.includes(entry)) this.#change(entry, { outAfter: round });
      }
      going = next;
    }
    return this.#end('complete');
  }

  async #measureSpeed(): Promise<boolean> {
    const { runs } = this.#options;
    const own = this.#entries[0].config;
    this.#show({ kind: 'speed' });
    const cost = await runs.speed(own);
    if (cost === null) return false;
    this.#costs = this.#entries.map(({ config }) => ({
      fixed: cost.fixed,
      perImage: cost.perImage * runs.relativeCost(config, own),
    }));
    return true;
  }

  /** Trains candidates in a round; returns whether there was time for all. */
  async #trainAll(going: readonly number[], round: number): Promise<boolean> {
    const { images } = this.#rounds[round];
    for (const entry of going) {
      const show = (share: number) => this.#show({ kind: 'run', round, entry, share });
      show(0);
      const { outcome, cost } = await this.#options.runs.run(this.#entries[entry].config, images, show);
      if (outcome === null) return false;
      this.#costs[entry] = cost;
      this.#record(entry, round, outcome);
    }
    return true;
  }

  #record(entry: number, round: number, outcome: SuitOutcome): void {
    const { outcomes } = this.#entries[entry];
    const known = Array.from({ length: round }, (_, before) => outcomes[before] ?? null);
    this.#change(entry, { outcomes: [...known, outcome] });
  }

  #change(entry: number, change: Partial<SuitEntry>): void {
    this.#entries = this.#entries.map((before, i) => (i === entry ? { ...before, ...change } : before));
  }

  /** The person's settings first, then the others that go on, the best first. */
  #goingOn(round: number, kept: number): number[] {
    const ranking = rankingOf(this.#entries, round);
    const isAlive = (entry: number) => this.#entries[entry].outcomes[round]?.kind === 'score';
    const best = ranking.slice(0, kept).filter((entry) => entry !== 0 && isAlive(entry));
    return isAlive(0) ? [0, ...best] : best;
  }

  /** Plans the rounds from `round` on anew: none where there is nothing left to compare. Returns whether there is time for what is left. */
  #replan(round: number, going: readonly number[]): boolean {
    if (round >= this.#rounds.length) return true;
    const costs = going.map((entry) => this.#costs[entry]);
    const later = going.length < 2 ? [] : this.#options.planning.replan(this.#rounds, round, costs);
    this.#rounds = [...this.#rounds.slice(0, round), ...later];
    return later.length > 0 || going.length < 2;
  }

  #show(task: SuitTask): void {
    this.#task = task;
    this.#options.onTable(this.#table(null, null));
  }

  #end(ending: SuitEnding, millisecondsNeeded: number | null = null): SuitTable {
    this.#task = null;
    const table = this.#table(ending, millisecondsNeeded);
    this.#options.onTable(table);
    return table;
  }

  #table(ending: SuitEnding | null, millisecondsNeeded: number | null): SuitTable {
    const { measure, tested } = this.#options;
    return {
      measure,
      tested,
      rounds: this.#rounds,
      entries: this.#entries,
      task: this.#task,
      secondsLeft: ending === null ? this.#secondsLeft() : null,
      ending,
      secondsNeeded: millisecondsNeeded === null ? null : millisecondsNeeded / MS,
    };
  }

  /** An estimate from what the runs so far took; never more than the time that is left. */
  #secondsLeft(): number | null {
    const { planning } = this.#options;
    const most = planning.left();
    if (this.#task === null || this.#task.kind === 'speed') return Number.isFinite(most) ? most / MS : null;
    const { round, entry, share } = this.#task;
    let left = 0;
    this.#rounds.forEach(({ images, candidates }, r) => {
      if (r < round) return;
      const present = r === round ? this.#costsOfRound(round, entry, share) : this.#slowest(candidates);
      for (const { fixed, perImage } of present) left += fixed + images * perImage;
    });
    return Math.max(0, Math.min(left, most)) / MS;
  }

  /** What is left of a round: the present candidate's part, and the others that are not measured yet. */
  #costsOfRound(round: number, present: number, share: number): RunCost[] {
    const { fixed, perImage } = this.#costs[present];
    const measured = this.#entries.filter(({ outcomes }) => (outcomes[round] ?? null) !== null).length;
    const others = Math.max(0, this.#rounds[round].candidates - measured - 1);
    return [{ fixed, perImage: (1 - share) * perImage }, ...this.#slowest(others)];
  }

  #slowest(count: number): RunCost[] {
    return [...this.#costs].sort((a, b) => b.perImage - a.perImage).slice(0, count);
  }
}
