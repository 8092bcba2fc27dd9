import type { RunState } from '../../domain/signal';
import type { EngineError } from '../../protocol/events';

/** The state of the page's run, in two parts that change side by side: the run there is, and the one that is to replace it. */
export interface RunMachineState {
  /**
   * The run on the page. `none`: there is none. `creating`: the worker was asked to build it and has not answered, so that it
   * takes no command about it yet. Everything else is what the worker reported last.
   */
  readonly run: 'none' | 'creating' | RunState;
  /**
   * The run that is to replace it. `none`: there is none. `scheduled`: it is built when the pause after an edit is over.
   * `engine`: it waits until the engine runs. `images`: it waits until its images are loaded again.
   */
  readonly next: 'none' | 'scheduled' | 'engine' | 'images';
  /** What the person pressed and has not happened yet: the run is still being built, or in the middle of an update. */
  readonly intent: 'train' | 'step' | 'pause' | null;
  /** How many runs there were; the run on the page is the last of them. */
  readonly runs: number;
}

/**
 * Whether a run can be built of the settings and the images. `coming`: images are being loaded. `stale`: they have to be loaded
 * again, as they are of another size or were held by a worker that is gone. `unfit`: they do not make a run together.
 */
export type ImagesFor = 'coming' | 'stale' | 'unfit' | 'fit';

export type RunMachineEvent =
  | { readonly type: 'train' | 'step' | 'pause' }
  /** `problem`: why no run can be built of the settings as edited; null when one can. */
  | { readonly type: 'reset'; readonly problem: string | null }
  /** Settings were edited. `moved`: the run has taken a step or trains, so that it is not rebuilt unasked. */
  | { readonly type: 'edit'; readonly moved: boolean }
  /** The pause after an edit is over. */
  | { readonly type: 'rebuildDue' }
  /** A run of other settings, for an experiment. */
  | { readonly type: 'replaceBy'; readonly intent: 'train' | null }
  /** A link was opened. `loadsImages`: its images are loaded first, and `imagesReplaced` follows. */
  | { readonly type: 'open'; readonly loadsImages: boolean }
  /** The worker is about to be given other images. */
  | { readonly type: 'imagesLeaving' }
  | { readonly type: 'imagesReplaced' }
  /** A load failed or was cancelled. */
  | { readonly type: 'imagesFailed' }
  | { readonly type: 'engineReady'; readonly images: ImagesFor }
  | { readonly type: 'engineFailed' }
  /** The worker answered the request to build a run. */
  | { readonly type: 'created'; readonly runId: string }
  | { readonly type: 'createFailed'; readonly runId: string; readonly error: EngineError }
  /** The worker reported the state of a run. */
  | { readonly type: 'runState'; readonly runId: string; readonly state: RunState }
  /** Something broke; `runId` names the run it hit, if it hit one. */
  | { readonly type: 'error'; readonly runId: string | null; readonly error: EngineError };

export type RunEffect =
  /** The run on the page is over. `changes`: whether its changes in flight are kept for the next one. */
  | { readonly type: 'clear'; readonly changes: 'kept' | 'dropped' }
  /** Begins the pause after an edit, anew if need be. */
  | { readonly type: 'schedule' }
  | { readonly type: 'unschedule' }
  /** Lets an engine that failed to start be tried again. */
  | { readonly type: 'forgetFailure' }
  /** Answered with `engineReady` or `engineFailed`. */
  | { readonly type: 'startEngine' }
  /** Answered with `imagesReplaced` or `imagesFailed`. */
  | { readonly type: 'reloadImages' }
  /** Replaces the run on the page; answered with `created` or `createFailed`. */
  | { readonly type: 'create'; readonly runId: string }
  /** Sends what was asked of a run before the worker knew it: changes in flight and query images. */
  | { readonly type: 'catchUp'; readonly runId: string }
  | { readonly type: 'command'; readonly command: 'train' | 'step' | 'pause'; readonly runId: string }
  | { readonly type: 'showError'; readonly error: EngineError }
  /** The engine did not survive the error. */
  | { readonly type: 'loseEngine'; readonly error: EngineError }
  | { readonly type: 'notify'; readonly text: string };

/** What an event leads to: the state after it, and what is to be done, in this order. */
export type Transition = readonly [state: RunMachineState, effects: readonly RunEffect[]];

export const NO_RUNS: RunMachineState = { run: 'none', next: 'none', intent: null, runs: 0 };

const FORGET: RunEffect = { type: 'clear', changes: 'dropped' };

/** The name of the run on the page. */
export function runIdOf({ runs }: RunMachineState): string {
  return `run-${runs}`;
}

/** Whether the worker takes commands about the run on the page. */
export function isCreated({ run }: RunMachineState): boolean {
  return run !== 'none' && run !== 'creating';
}

/** Whether nothing is awaited: a run that was asked for is built, or cannot be. */
export function isAtRest({ run, next }: RunMachineState): boolean {
  return run !== 'creating' && next !== 'engine' && next !== 'images';
}

/** What an event changes in the state of the page's run, and what has to be done about it. Pure. */
export function transition(state: RunMachineState, event: RunMachineEvent): Transition {
  switch (event.type) {
    case 'train':
    case 'step':
      return followed({ ...state, intent: event.type });
    case 'pause':
      return [
        { ...state, intent: state.run === 'training' ? 'pause' : null },
        isCreated(state) ? [{ type: 'command', command: 'pause', runId: runIdOf(state) }] : [],
      ];
    case 'reset':
      // No run could be built of these settings: the one there is stays.
      if (event.problem !== null && state.run !== 'none') return [state, [{ type: 'notify', text: event.problem }]];
      return replaced(state, null);
    case 'replaceBy':
      return replaced(state, event.intent);
    case 'open': {
      const cleared: RunMachineState = { ...state, run: 'none', intent: null };
      return event.loadsImages ? without(cleared, [FORGET]) : sought(cleared, [FORGET]);
    }
    case 'edit':
      // A run that waits for its engine or its images is built of the settings as they are then.
      if (event.moved || state.next === 'engine' || state.next === 'images') return [state, []];
      return [{ ...state, next: 'scheduled' }, [{ type: 'schedule' }]];
    case 'rebuildDue':
      return state.next === 'scheduled' ? [{ ...state, next: 'engine' }, [{ type: 'startEngine' }]] : [state, []];
    case 'imagesLeaving':
      return [{ ...state, run: 'none' }, [{ type: 'clear', changes: 'kept' }]];
    case 'imagesReplaced':
      return sought(state);
    case 'imagesFailed':
      return [state.next === 'images' ? { ...state, next: 'none' } : state, []];
    case 'engineReady':
      return state.next === 'engine' ? withEngine(state, event.images) : [state, []];
    case 'engineFailed':
      return [state.next === 'engine' ? { ...state, next: 'none' } : state, []];
    case 'created':
      if (!isCurrent(state, event.runId) || state.run !== 'creating') return [state, []];
      return caughtUp({ ...state, run: 'building' });
    case 'createFailed':
      if (!isCurrent(state, event.runId)) return [state, []];
      return [{ ...state, run: 'failed', intent: null }, shown(event.error)];
    case 'runState':
      return isCurrent(state, event.runId) ? reported(state, event.state) : [state, []];
    case 'error':
      return broken(state, event);
    default:
      return event satisfies never;
  }
}

function isCurrent(state: RunMachineState, runId: string): boolean {
  return state.run !== 'none' && runId === runIdOf(state);
}

/** No run is to follow. */
function without(state: RunMachineState, effects: readonly RunEffect[]): Transition {
  const timer: RunEffect[] = state.next === 'scheduled' ? [{ type: 'unschedule' }] : [];
  return [{ ...state, next: 'none' }, [...effects, ...timer]];
}

/** A run is to be built, as soon as there is an engine to build it with. */
function sought(state: RunMachineState, effects: readonly RunEffect[] = []): Transition {
  if (state.next === 'engine') return [state, effects];
  const [settled, done] = without(state, effects);
  return [{ ...settled, next: 'engine' }, [...done, { type: 'startEngine' }]];
}

/** The run on the page is over, and another is to be built; an engine that failed is tried again. */
function replaced(state: RunMachineState, intent: 'train' | null): Transition {
  return sought({ ...state, run: 'none', intent }, [{ type: 'forgetFailure' }, FORGET]);
}

/** Does what the person asked for, or first sees to the run that it needs. */
function followed(state: RunMachineState, effects: readonly RunEffect[] = []): Transition {
  const { intent, next, run } = state;
  if (intent !== 'train' && intent !== 'step') return [state, effects];
  if (next === 'engine' || next === 'images') return [state, effects];
  if (run === 'none' || next === 'scheduled') return sought(state, effects);
  if (run === 'creating') return [state, effects];
  const command: RunEffect = { type: 'command', command: intent, runId: runIdOf(state) };
  return [{ ...state, intent: intent === 'step' ? null : intent }, [...effects, command]];
}

function withEngine(state: RunMachineState, images: ImagesFor): Transition {
  switch (images) {
    case 'coming':
      return [{ ...state, next: 'none' }, []];
    case 'stale':
      return [{ ...state, next: 'images' }, [{ type: 'reloadImages' }]];
    case 'unfit':
      return [{ ...state, run: 'none', next: 'none', intent: null }, [{ type: 'clear', changes: 'kept' }]];
    case 'fit': {
      const created: RunMachineState = { ...state, run: 'creating', next: 'none', runs: state.runs + 1 };
      return [created, [{ type: 'create', runId: runIdOf(created) }]];
    }
    default:
      return images satisfies never;
  }
}

/** The worker knows the run from now on. */
function caughtUp(state: RunMachineState): Transition {
  return followed(state, [{ type: 'catchUp', runId: runIdOf(state) }]);
}

function reported(state: RunMachineState, run: RunState): Transition {
  // The answer to the request follows.
  if (state.run === 'creating' && run === 'building') return [state, []];
  const next: RunMachineState = { ...state, run, intent: intentAfter(state.intent, run) };
  return state.run === 'creating' ? caughtUp(next) : [next, []];
}

/** What was pressed is forgotten once it has happened, or can no longer happen. */
function intentAfter(intent: RunMachineState['intent'], run: RunState): RunMachineState['intent'] {
  switch (run) {
    case 'building':
      return intent;
    case 'paused':
      return intent === 'pause' ? null : intent;
    case 'training':
      return intent === 'pause' ? intent : null;
    case 'finished':
    case 'diverged':
    case 'failed':
      return null;
    default:
      return run satisfies never;
  }
}

function isFatal({ code, recoverable }: EngineError): boolean {
  return code === 'device-lost' || !recoverable;
}

function shown(error: EngineError): RunEffect[] {
  // The command was about a run that has been replaced since.
  if (error.code === 'stale-run') return [];
  const lost: RunEffect[] = isFatal(error) ? [{ type: 'loseEngine', error }] : [];
  return [{ type: 'showError', error }, ...lost];
}

function broken(state: RunMachineState, event: Extract<RunMachineEvent, { type: 'error' }>): Transition {
  const { error, runId } = event;
  if (error.code === 'stale-run' || (runId !== null && !isCurrent(state, runId))) return [state, []];
  if (!isFatal(error)) return [state, shown(error)];
  return [{ ...state, run: state.run === 'none' ? 'none' : 'failed', intent: null }, shown(error)];
}
