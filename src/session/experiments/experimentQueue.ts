import { changesOf, type Experiment, type ExperimentRun } from '../../domain/experiments/experiment';
import { differingPaths } from '../../domain/fields';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import type { RunConfig } from '../../domain/runConfig';
import type { RunArchive } from '../archive/runArchive';
import type { DatasetStore } from '../data/datasetStore';
import type { EngineStore } from '../engine/engineStore';
import type { KeptRuns } from '../keeping/keptRuns';
import type { RunPlan } from '../run/runControl';
import { hasMoved, type RunStore, shownConfig } from '../run/runStore';
import { startProblem } from '../run/startProblem';
import { createExperimentStore, type QueuedRun, type RunEnd, resultsOf } from './experimentStore';
import { liveSummary, planRuns } from './planRuns';

/** The part of the lab that the queue uses. */
export interface ExperimentLab {
  readonly runStore: RunStore;
  readonly datasetStore: DatasetStore;
  readonly engineStore: EngineStore;
  readonly archive: RunArchive;
  readonly keptRuns: Pick<KeptRuns, 'fork'>;
  replaceBy(config: RunConfig, intent: 'train' | null, plan?: RunPlan): Promise<void>;
  train(): void;
  pause(): void;
}

/** How a run ended, and whether it was built. */
type Ended = Partial<Pick<QueuedRun, 'summary' | 'note'>> & {
  readonly state: RunEnd | 'overtaken';
  readonly built: boolean;
};

/** “Figure 2: with stop-gradient” */
const nameIn = (title: string, { label }: ExperimentRun) => `${title.replace(/:.*/, '')}: ${label}`;

const isSame = (a: RunConfig, b: RunConfig) => differingPaths(a, b).length === 0;

const OVERTAKEN = 'The experiment ended here: another run was begun.';
const CHANGED = 'changed in flight, does not count';

/** A run after its experiment has ended: one that has not finished counts as stopped. */
function left(run: QueuedRun): QueuedRun {
  return run.state === 'waiting' || run.state === 'running' ? { ...run, state: 'stopped' } : run;
}

/** Trains the runs of an experiment one after the other on the page, and lays finished runs over the charts of the next. */
export class ExperimentQueue {
  readonly store = createExperimentStore();
  readonly #lab: ExperimentLab;
  /** Ends the wait for the current run. */
  #end: ((state: 'skipped' | 'stopped') => void) | null = null;
  /** Runs that have been laid over the charts: one that the person removes is not laid over them again. */
  readonly #laid = new Set<string>();

  constructor(lab: ExperimentLab) {
    this.#lab = lab;
  }

  /**
   * Trains every run of an experiment for `steps` steps with `seeds` consecutive seeds, the first being the page's. The run on the page ends
   * and is kept.
   * Resolves when the queue has ended.
   */
  async start(experiment: Experiment, steps: number, seeds = 1): Promise<void> {
    if (this.store.getState().phase === 'running') return;
    const now = this.#lab.runStore.getState();
    const present = shownConfig(now);
    const { info } = this.#lab.datasetStore.getState();
    const images = info === null ? 0 : indicesOf(info, TRAIN).length;
    const planned = Array.from({ length: seeds }, (_, i) =>
      planRuns(experiment, { ...present, seed: present.seed + i }, steps, images),
    ).flat();
    this.store.setState({
      phase: 'running',
      experiment,
      runs: planned.map(({ run, config }) => ({
        run,
        config,
        state: 'waiting',
        kept: null,
        summary: null,
        note: null,
      })),
      verdict: null,
      before: present,
      message: hasMoved(now) ? 'The run that was on the page is kept under Runs.' : null,
    });
    // Removes all overlays, because the experiment's runs need the few line styles.
    for (const { id } of this.#lab.archive.store.getState().overlays) void this.#lab.archive.toggle(id);
    for (const [index, { run, config }] of planned.entries()) {
      this.#change(index, { state: 'running' });
      const { state, built, summary = null, note = null } = await this.#trained(experiment, run, config);
      if (state === 'overtaken') {
        this.#finish('stopped', OVERTAKEN);
        return;
      }
      this.#change(index, { state, summary, note, kept: built ? this.#keep(experiment, index, state) : null });
      if (state === 'stopped') {
        this.#lab.pause();
        this.#finish('stopped', null);
        return;
      }
      // A skipped run normally ends when the next one replaces it; the last one has to be paused.
      if (state === 'skipped' && index === planned.length - 1) this.#lab.pause();
    }
    this.#finish('done', this.store.getState().message);
  }

  /** Pauses the current run, and with it the queue. */
  pause(): void {
    this.#lab.pause();
  }

  resume(): void {
    this.#lab.train();
  }

  /** Goes to the next run. The skipped run is kept, but the verdict does not use it. */
  skip(): void {
    this.#end?.('skipped');
  }

  /** Ends the queue and pauses the current run. */
  stop(): void {
    this.#end?.('stopped');
  }

  /** Builds a run at step 0 with the settings from before the experiment. The experiment's last run is kept and laid over the charts. */
  goBack(): void {
    const { before, phase } = this.store.getState();
    if (before === null || phase === 'running') return;
    this.store.setState({ before: null });
    void this.#lab.replaceBy(before, null);
    this.#layOver();
  }

  /** Trains a run of an experiment to its end. */
  #trained(experiment: Experiment, run: ExperimentRun, config: RunConfig): Promise<Ended> {
    const { runStore, datasetStore } = this.#lab;
    const problem = startProblem(config, datasetStore.getState());
    if (problem !== null) return Promise.resolve({ state: 'failed', built: false, note: problem });
    const changes = JSON.stringify(changesOf(experiment, run));
    return new Promise((resolve) => {
      let runId: string | null = null;
      let keptId: string | null = null;
      let waiting = true;
      const settle = (state: Ended['state'], more: Pick<Ended, 'summary' | 'note'> = {}) => {
        waiting = false;
        unsubscribe();
        this.#end = null;
        resolve({ state, built: runId !== null, ...more });
      };
      const unsubscribe = runStore.subscribe((now) => {
        const isIt = run.fork === undefined ? now.active?.config === config : now.active?.keptId === keptId;
        if (isIt && now.active !== null) runId = now.active.runId;
        if (runId === null) return;
        if (now.active?.runId !== runId) settle('overtaken');
        else if (now.runState === 'failed') settle('failed', { note: this.#reason() });
        else if (now.runState === 'finished' || now.runState === 'diverged') {
          const isAsPlanned = isSame(now.active.config, config) && JSON.stringify(now.changes) === changes;
          settle(now.runState, isAsPlanned ? { summary: liveSummary(now) } : { note: CHANGED });
        }
      });
      this.#end = settle;
      const begun = this.#begin(experiment, run, config, (id) => {
        keptId = id;
      });
      void begun.then((note) => {
        if (waiting && runId === null) settle('failed', { note: note ?? this.#reason() });
      });
      this.#layOver();
    });
  }

  /** Begins a run; resolves once it is built, or to the reason why it cannot be. `onFork` gets the id that a fork is kept under. */
  async #begin(
    experiment: Experiment,
    run: ExperimentRun,
    config: RunConfig,
    onFork: (keptId: string) => void,
  ): Promise<string | null> {
    const { fork, changes = [] } = run;
    if (fork === undefined) {
      const forksAt = experiment.runs.flatMap((other) => (other.fork?.from === run.id ? other.fork.step : []));
      await this.#lab.replaceBy(config, 'train', { changes, forksAt });
      return null;
    }
    const { runs } = this.store.getState();
    const parent = runs.find((queued) => queued.run.id === fork.from && queued.config.seed === config.seed);
    if (parent?.kept == null)
      return `It begins from a checkpoint of “${parent?.run.label ?? fork.from}”, which was not kept.`;
    const isBegun = await this.#lab.keptRuns.fork(parent.kept, fork.step, fork.changes, (keptId) => {
      onFork(keptId);
      this.#lab.train();
    });
    return isBegun ? null : `No checkpoint of step ${fork.step} of “${parent.run.label}” is kept.`;
  }

  /** Why the run on the page failed, or could not be built. */
  #reason(): string {
    const { runStore, engineStore, datasetStore } = this.#lab;
    const error = runStore.getState().error ?? engineStore.getState().error;
    return error?.message ?? datasetStore.getState().problem ?? 'The run could not be built.';
  }

  /** Names the run that has just ended, e.g. “Figure 2: with stop-gradient”. Returns its id if the charts are to show it, else null. */
  #keep({ title }: Experiment, index: number, state: RunEnd): string | null {
    const { archive } = this.#lab;
    const { live } = archive.store.getState();
    const { runs } = this.store.getState();
    const queued = runs[index];
    // A run that took no step is not kept.
    if (live === null || queued === undefined) return null;
    const name = nameIn(title, queued.run);
    const hasSeeds = runs.some(({ config }) => config.seed !== queued.config.seed);
    if (live.name === null) void archive.rename(live.id, hasSeeds ? `${name}, seed ${queued.config.seed}` : name);
    return state === 'finished' || state === 'diverged' ? live.id : null;
  }

  /** Shows the curves of finished runs on the charts as soon as the archive lists them; with several seeds, their mean. */
  #layOver(): void {
    const { archive } = this.#lab;
    const { experiment, runs: queued } = this.store.getState();
    for (const { run, seeds } of resultsOf(queued)) {
      const { runs, overlays } = archive.store.getState();
      const ids = seeds.flatMap(({ kept }) => (runs.some(({ id }) => id === kept) ? (kept ?? []) : []));
      const [first] = ids;
      const fresh = ids.filter((id) => !this.#laid.has(id));
      if (first === undefined || fresh.length === 0) continue;
      for (const id of fresh) this.#laid.add(id);
      const isShown = overlays.some(({ id }) => id === first);
      if (fresh.includes(first) && !isShown) void archive.toggle(first);
      else if (!isShown) continue;
      const title = nameIn(experiment?.title ?? '', run);
      if (ids.length > 1) void archive.showMean(`${title}, ${ids.length} seeds`, ids);
    }
  }

  #change(index: number, change: Partial<QueuedRun>): void {
    this.store.setState(({ runs }) => ({
      runs: runs.map((run, i) => (i === index ? { ...run, ...change } : run)),
    }));
  }

  #finish(phase: 'done' | 'stopped', message: string | null): void {
    const { experiment, runs } = this.store.getState();
    const results = resultsOf(runs);
    const of = (id: string) => results.find(({ run }) => run.id === id)?.summary ?? null;
    this.store.setState({ phase, message, runs: runs.map(left), verdict: experiment?.verdict(of) ?? null });
  }
}
