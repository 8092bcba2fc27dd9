import type { RunKeeping } from '../../domain/keptRun';
import { configProblems, type LiveChange, type LiveKey, type LiveValue, type RunConfig } from '../../domain/runConfig';
import type { RunSignal } from '../../domain/signal';
import type { Replies } from '../../protocol/commands';
import type { EngineError } from '../../protocol/events';
import type { DatasetStore } from '../data/datasetStore';
import type { ImagesInUse } from '../data/imagesInUse';
import { type EngineSession, engineErrorOf } from '../engine/engineSession';
import { type NoticeStore, notify } from '../noticeStore';
import { type Beginning, newKeptId } from './beginning';
import { logged } from './runEvents';
import {
  type ImagesFor,
  isAtRest,
  isCreated,
  NO_RUNS,
  type RunEffect,
  type RunMachineEvent,
  runIdOf,
  transition,
} from './runMachine';
import { RunScreen, type ScreenStores } from './runScreen';
import { type ActiveRun, hasMoved, NO_RUN, type RunStoreState } from './runStore';
import { startProblem } from './startProblem';

/** A run that has not moved is rebuilt this long after an edit, so that a series of edits builds one run. */
const REBUILD_DELAY_MS = 400;

/** The stores that describe the run on the page. */
export interface RunStores extends ScreenStores {
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
}

/** What is planned of a run besides its settings. */
export type RunPlan = Partial<Pick<RunStoreState, 'changes' | 'forksAt'>>;

/** What the run control depends on. */
export interface RunParts {
  readonly engine: EngineSession;
  readonly images: Pick<ImagesInUse, 'areStale' | 'isBeingReplaced'>;
  /** Loads the images in use again, then calls `imagesReplaced` or `imagesFailed`. */
  reloadImages(): void;
  /** How a run is kept; undefined where it is not. */
  keepingOf(run: ActiveRun): RunKeeping | undefined;
  /** Called when the engine runs and before a run is built, to adapt the settings to the engine. */
  adaptSettings(): void;
}

/** Builds, trains and ends the page's run: `transition` gives the next state and the effects of each event, which are carried out here. */
export class RunControl {
  readonly #stores: RunStores;
  readonly #parts: RunParts;
  readonly #screen: RunScreen;
  #state = NO_RUNS;
  #rebuild: ReturnType<typeof setTimeout> | undefined;
  #waiting: (() => void)[] = [];

  constructor(stores: RunStores, parts: RunParts) {
    this.#stores = stores;
    this.#parts = parts;
    this.#screen = new RunScreen(stores);
  }

  train(): void {
    this.#dispatch({ type: 'train' });
  }

  step(): void {
    this.#dispatch({ type: 'step' });
  }

  pause(): void {
    this.#dispatch({ type: 'pause' });
  }

  /** Ends the run and builds a new one at step 0 with the edited settings. Starts the engine again if it failed. */
  reset(): void {
    this.#tellOfRandomWeights();
    const [problem = null] = configProblems(this.#store.config);
    this.#dispatch({ type: 'reset', problem });
  }

  /** Replaces the run by one with these settings. Resolves once it is built, or when it cannot be built. */
  replaceBy(config: RunConfig, intent: 'train' | null, plan: RunPlan): Promise<void> {
    this.#dispatch({ type: 'replaceBy', intent }, { config, ...plan });
    return this.#rest();
  }

  /** Replaces the run by that of a link. `loadsImages`: the run is built after its images have been loaded. */
  open(config: RunConfig, changes: readonly LiveChange[], loadsImages: boolean): void {
    this.#dispatch({ type: 'open', loadsImages }, { config, changes });
  }

  /** Replaces the run by one that begins from a checkpoint. `loadsImages` as in `open`. */
  begin(beginning: Beginning, config: RunConfig, changes: readonly LiveChange[], loadsImages: boolean): void {
    this.#dispatch({ type: 'open', loadsImages }, { config, changes, beginning });
  }

  /** Asks for a checkpoint after the present step, since the page may be about to close. */
  keep(): void {
    if (!isCreated(this.#state) || this.#store.step === 0) return;
    // Where it fails, the worker says why by a signal.
    this.#parts.engine.request<'keep'>({ type: 'keep', runId: runIdOf(this.#state) }).catch(() => undefined);
  }

  /** Compiles the kernels of the first run while its images are loaded. */
  prepare(): void {
    const { config } = this.#store;
    if (this.#stores.datasetStore.getState().info !== null || configProblems(config).length > 0) return;
    void this.#attempt(this.#parts.engine.request<'prepare'>({ type: 'prepare', config }));
  }

  /** About how many bytes of memory a step with these settings needs; null where that cannot be had. */
  async stepMemory(config: RunConfig): Promise<number | null> {
    if (configProblems(config).length > 0) return null;
    try {
      return await this.#parts.engine.request<'stepMemory'>({ type: 'stepMemory', config });
    } catch {
      // Where no engine runs, other messages say so.
      return null;
    }
  }

  /** Called after an edit: a run that has not moved is rebuilt after `REBUILD_DELAY_MS`. */
  edited(): void {
    const moved = hasMoved(this.#store);
    if (!moved) this.#tellOfRandomWeights();
    if (!moved) this.#stores.runStore.setState({ beginning: null });
    this.#dispatch({ type: 'edit', moved });
  }

  /** A run that is built anew begins with random weights, also where this one began with those of a file. */
  #tellOfRandomWeights(): void {
    const { active } = this.#store;
    const { noticeStore } = this.#stores;
    if (active?.warmStart === undefined) return;
    const text = `The new run begins with random weights. One that begins from “${active.warmStart.name}” is built by “Train from here”, with the settings as they are then.`;
    if (noticeStore.getState().notices.at(-1)?.text !== text) notify(noticeStore, text);
  }

  /** Changes a setting during the run. */
  change(key: LiveKey, value: LiveValue): void {
    if (this.#state.run === 'none') return;
    this.#stores.runStore.setState(({ pending }) => ({ pending: { ...pending, [key]: value } }));
    if (isCreated(this.#state)) this.#sendChange(key, value);
  }

  /** Evaluates the run's present weights by a linear classifier; the result arrives as a signal. */
  evaluate(): void {
    this.#aboutEvaluation('evaluate');
  }

  cancelEvaluation(): void {
    this.#aboutEvaluation('cancelEvaluation');
  }

  setQueries(queries: readonly number[]): void {
    this.#stores.runStore.setState({ queries });
    if (isCreated(this.#state)) this.#sendQueries();
  }

  /** Pauses and removes the run before its images are replaced. Resolves when the worker has sent all signals of the run. */
  async leaveImages(): Promise<void> {
    if (this.#state.run === 'training') {
      await this.#attempt(this.#parts.engine.request<'pause'>({ type: 'pause', runId: runIdOf(this.#state) }));
    }
    this.#dispatch({ type: 'imagesLeaving' });
  }

  /** Called when other images are in use. Resolves once a run on them is built, or when it cannot be built. */
  imagesReplaced(): Promise<void> {
    this.#dispatch({ type: 'imagesReplaced' });
    return this.#rest();
  }

  /** Called when a load of images failed or was cancelled. */
  imagesFailed(): void {
    this.#dispatch({ type: 'imagesFailed' });
  }

  /** Handles a signal of a run; signals of a run that is over are ignored. */
  receive(signal: RunSignal, runId: string): void {
    const { runStore } = this.#stores;
    if (runId !== runStore.getState().active?.runId) return;
    const news = this.#screen.take(signal);
    if (signal.kind === 'state') this.#dispatch({ type: 'runState', runId, state: signal.value.state }, news);
    else runStore.setState(news);
  }

  /** Shows an error. A fatal one also ends the run. */
  fail(error: EngineError, runId: string | null): void {
    this.#dispatch({ type: 'error', error, runId });
  }

  get #store(): RunStoreState {
    return this.#stores.runStore.getState();
  }

  /** @param news further values to write to the store in the same update */
  #dispatch(event: RunMachineEvent, news: Partial<RunStoreState> = {}): void {
    const [next, effects] = transition(this.#state, event);
    this.#state = next;
    let shown: Partial<RunStoreState> = {};
    for (const effect of effects) shown = { ...shown, ...this.#shownOf(effect) };
    const { run, intent } = next;
    const runState = run === 'none' ? null : run === 'creating' ? 'building' : run;
    // One update, before series and frames are cleared: on it the archive keeps the previous run together with these.
    this.#stores.runStore.setState({ ...shown, ...news, runState, intent });
    if (effects.some(({ type }) => type === 'clear' || type === 'create')) this.#screen.clear();
    for (const effect of effects) this.#carryOut(effect);
    if (!isAtRest(this.#state)) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** What an effect changes in the store. */
  #shownOf(effect: RunEffect): Partial<RunStoreState> {
    const { config, log, beginning } = this.#store;
    switch (effect.type) {
      case 'clear':
        if (effect.changes === 'kept') return { ...NO_RUN, active: null };
        return { ...NO_RUN, active: null, changes: [], beginning: null, forksAt: [] };
      case 'create': {
        const images = this.#stores.datasetStore.getState().info?.name ?? '';
        const text = `run ${this.#state.runs}: ${config.preset}, ${images}, seed ${config.seed}`;
        const { keptId = newKeptId(), parent = null, evaluation = null } = beginning ?? {};
        const active = { runId: effect.runId, config, keptId, parent, reopenedAt: null };
        return { ...NO_RUN, active, evaluation, log: logged(log, 0, text) };
      }
      case 'showError':
        return { error: effect.error, log: logged(log, null, effect.error.message, true) };
      default:
        return {};
    }
  }

  #carryOut(effect: RunEffect): void {
    const { engine } = this.#parts;
    switch (effect.type) {
      case 'clear':
      case 'showError':
        // `#shownOf` has already done all of it.
        return;
      case 'schedule':
        clearTimeout(this.#rebuild);
        this.#rebuild = setTimeout(() => this.#dispatch({ type: 'rebuildDue' }), REBUILD_DELAY_MS);
        return;
      case 'unschedule':
        clearTimeout(this.#rebuild);
        return;
      case 'forgetFailure':
        engine.forgetFailure();
        return;
      case 'startEngine':
        void this.#startEngine();
        return;
      case 'reloadImages':
        this.#parts.reloadImages();
        return;
      case 'create':
        void this.#create(effect.runId);
        return;
      case 'catchUp':
        this.#catchUp();
        return;
      case 'command':
        void this.#attempt(engine.request<'train' | 'step' | 'pause'>({ type: effect.command, runId: effect.runId }));
        return;
      case 'loseEngine':
        engine.lose(effect.error);
        return;
      case 'notify':
        notify(this.#stores.noticeStore, effect.text);
        return;
      default:
        effect satisfies never;
    }
  }

  async #startEngine(): Promise<void> {
    const choice = this.#store.config.engine;
    const isReady = await this.#parts.engine.ensure(choice);
    if (choice !== this.#store.config.engine) return this.#startEngine();
    if (isReady) this.#parts.adaptSettings();
    this.#dispatch(isReady ? { type: 'engineReady', images: this.#images() } : { type: 'engineFailed' });
  }

  #images(): ImagesFor {
    const data = this.#stores.datasetStore.getState();
    const { config } = this.#store;
    if (data.loading !== null || this.#parts.images.isBeingReplaced) return 'coming';
    if (this.#parts.images.areStale()) return 'stale';
    return startProblem(config, data) === null ? 'fit' : 'unfit';
  }

  async #create(runId: string): Promise<void> {
    try {
      await this.#build(runId);
      this.#dispatch({ type: 'created', runId });
    } catch (thrown) {
      this.#dispatch({ type: 'createFailed', runId, error: engineErrorOf(thrown) });
    }
  }

  async #build(runId: string): Promise<void> {
    const { engine, keepingOf } = this.#parts;
    const { config, changes, active, beginning } = this.#store;
    const keeping = active === null ? undefined : keepingOf(active);
    if (beginning === null || keeping === undefined) {
      await engine.request<'create'>({ type: 'create', runId, config, changes, ...(keeping && { keeping }) });
      return;
    }
    const { from, changes: forked, dataset } = beginning;
    const command = { type: 'resume', runId, from, changes: forked, keeping: { ...keeping, dataset } } as const;
    const reply = await engine.request<'resume'>(command);
    if (this.#store.active?.runId === runId) this.#resumed(reply, beginning);
  }

  #resumed({ step, config, changes, notes, warmStart }: Replies['resume'], { parent, keptId, from }: Beginning): void {
    const { runStore, noticeStore } = this.#stores;
    const isSame = keptId === from.id;
    runStore.setState(({ active, log }) => ({
      beginning: null,
      config,
      changes,
      active: active && {
        ...active,
        config,
        parent,
        reopenedAt: isSame ? step : null,
        ...(warmStart && { warmStart }),
      },
      log: logged(log, step, isSame ? 'opened again' : `goes on from step ${step} of another run`),
    }));
    for (const note of notes) notify(noticeStore, note);
  }

  #catchUp(): void {
    const { pending } = this.#store;
    for (const [key, value] of Object.entries(pending)) this.#sendChange(key as LiveKey, value);
    this.#sendQueries();
  }

  #sendChange(key: LiveKey, value: LiveValue): void {
    const runId = runIdOf(this.#state);
    void this.#attempt(this.#parts.engine.request<'change'>({ type: 'change', runId, key, value }));
  }

  #aboutEvaluation(type: 'evaluate' | 'cancelEvaluation'): void {
    if (!isCreated(this.#state)) return;
    const runId = runIdOf(this.#state);
    void this.#attempt(this.#parts.engine.request<'evaluate' | 'cancelEvaluation'>({ type, runId }));
  }

  #sendQueries(): void {
    const runId = runIdOf(this.#state);
    const indices = this.#store.queries;
    void this.#attempt(this.#parts.engine.request<'setQueries'>({ type: 'setQueries', runId, indices }));
  }

  /** Awaits a command, and shows the error if it fails. */
  async #attempt(answer: Promise<Replies[keyof Replies]>): Promise<void> {
    try {
      await answer;
    } catch (thrown) {
      this.fail(engineErrorOf(thrown), this.#state.run === 'none' ? null : runIdOf(this.#state));
    }
  }

  /** Resolves when the state machine is at rest (`isAtRest`). */
  #rest(): Promise<void> {
    if (isAtRest(this.#state)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
