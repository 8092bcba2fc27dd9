import type { RunState } from '../../domain/signal';
import type { EngineError } from '../../protocol/events';

/** The state of the page's run, in two independent parts: the present run, and the run that will replace it. */
export interface RunMachineState {
  /**
   * The run on the page. `none`: there is none. `creating`: the worker was asked to build the run and has not answered, so that it
   * accepts no command for it yet. All other values are the state that the worker reported last.
   */
  readonly run: 'none' | 'creating' | RunState;
  /**
   * The run that will replace it. `none`: there is none. `scheduled`: it is built when the delay after an edit is over.
   * `engine`: it waits until the engine runs. `images`: it waits until its images have been loaded again.
   */
  readonly next: 'none' | 'scheduled' | 'engine' | 'images';
  /** The button that was pressed but has not taken effect, because the run is being built or is in the middle of an update. */
  readonly intent: 'train' | 'step' | 'pause' | null;
  /** Number of runs created so far; the run on the page is the last of them. */
  readonly runs: number;
}

/**
 * Whether a run can be built from the settings and the images. `coming`: images are being loaded. `stale`: they have to be loaded
 * again, because they have another size or their worker was replaced. `unfit`: no run can be built from these settings and images.
 */
export type ImagesFor = 'coming' | 'stale' | 'unfit' | 'fit';

export type RunMachineEvent =
  | { readonly type: 'train' | 'step' | 'pause' }
  /** `problem`: why no run can be built from the edited settings; null when one can. */
  | { readonly type: 'reset'; readonly problem: string | null }
  /** Settings were edited. `moved`: the run has taken a step or trains, so that it is rebuilt only when the person resets it. */
  | { readonly type: 'edit'; readonly moved: boolean }
  /** The delay after an edit is over. */
  | { readonly type: 'rebuildDue' }
  /** An experiment replaces the run by one with other settings. */
  | { readonly type: 'replaceBy'; readonly intent: 'train' | null }
  /** A link was opened. `loadsImages`: its images are loaded first, and `imagesReplaced` follows. */
  | { readonly type: 'open'; readonly loadsImages: boolean }
  /** Other images are about to be sent to the worker. */
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
  /** An error outside any command; `runId` names the run that it affects, if there is one. */
  | { readonly type: 'error'; readonly runId: string | null; readonly error: EngineError };

export type RunEffect =
  /** Removes the run from the page. `changes`: whether its changes in flight are kept for the next run. */
  | { readonly type: 'clear'; readonly changes: 'kept' | 'dropped' }
  /** Starts or restarts the delay after an edit. */
  | { readonly type: 'schedule' }
  | { readonly type: 'unschedule' }
  /** Allows another start of an engine that failed to start. */
  | { readonly type: 'forgetFailure' }
  /** Answered with `engineReady` or `engineFailed`. */
  | { readonly type: 'startEngine' }
  /** Answered with `imagesReplaced` or `imagesFailed`. */
  | { readonly type: 'reloadImages' }
  /** Replaces the run on the page; answered with `created` or `createFailed`. */
  | { readonly type: 'create'; readonly runId: string }
  /** Sends the changes in flight and query images that were chosen before the worker had built the run. */
  | { readonly type: 'catchUp'; readonly runId: string }
  | { readonly type: 'command'; readonly command: 'train' | 'step' | 'pause'; readonly runId: string }
  | { readonly type: 'showError'; readonly error: EngineError }
  /** The error was fatal: the engine is lost. */
  | { readonly type: 'loseEngine'; readonly error: EngineError }
  | { readonly type: 'notify'; readonly text: string };

/** The state after an event, and the effects to carry out, in order. */
export type Transition = readonly [state: RunMachineState, effects: readonly RunEffect[]];

export const NO_RUNS: RunMachineState = { run: 'none', next: 'none', intent: null, runs: 0 };

const FORGET: RunEffect = { type: 'clear', changes: 'dropped' };

/** The id of the run on the page. */
export function runIdOf({ runs }: RunMachineState): string {
  return `run-${runs}`;
}

/** Whether the worker accepts commands for the run on the page. */
export function isCreated({ run }: RunMachineState): boolean {
  return run !== 'none' && run !== 'creating';
}

/** Whether nothing is pending: a requested run has been built, or cannot be built. */
export function isAtRest({ run, next }: RunMachineState): boolean {
  return run !== 'creating' && next !== 'engine' && next !== 'images';
}

/** The transition function of the page's run: the next state and the effects of an event. Pure. */
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
      // No run can be built from these settings, so the present run stays.
      if (event.problem !== null && state.run !== 'none') return [state, [{ type: 'notify', text: event.problem }]];
      return replaced(state, null);
    case 'replaceBy':
      return replaced(state, event.intent);
    case 'open': {
      const cleared: RunMachineState = { ...state, run: 'none', intent: null };
      return event.loadsImages ? without(cleared, [FORGET]) : sought(cleared, [FORGET]);
    }
    case 'edit':
      // A run that waits for the engine or its images is built with the settings of that time.
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

/** Cancels the run that would replace the present one. */
function without(state: RunMachineState, effects: readonly RunEffect[]): Transition {
  const timer: RunEffect[] = state.next === 'scheduled' ? [{ type: 'unschedule' }] : [];
  return [{ ...state, next: 'none' }, [...effects, ...timer]];
}

/** Requests a run, which is built as soon as the engine runs. */
function sought(state: RunMachineState, effects: readonly RunEffect[] = []): Transition {
  if (state.next === 'engine') return [state, effects];
  const [settled, done] = without(state, effects);
  return [{ ...settled, next: 'engine' }, [...done, { type: 'startEngine' }]];
}

/** Ends the run on the page and requests another; an engine that failed to start is started again. */
function replaced(state: RunMachineState, intent: 'train' | null): Transition {
  return sought({ ...state, run: 'none', intent }, [{ type: 'forgetFailure' }, FORGET]);
}

/** Sends the command of the pressed button, or first requests the run that it needs. */
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

/** The worker has built the run: sends what was requested meanwhile. */
function caughtUp(state: RunMachineState): Transition {
  return followed(state, [{ type: 'catchUp', runId: runIdOf(state) }]);
}

function reported(state: RunMachineState, run: RunState): Transition {
  // The worker reports `building` before it answers the request; only `created` ends `creating`.
  if (state.run === 'creating' && run === 'building') return [state, []];
  const next: RunMachineState = { ...state, run, intent: intentAfter(state.intent, run) };
  return state.run === 'creating' ? caughtUp(next) : [next, []];
}

/** The intent after a report: null once the button has taken effect, or no longer can. */
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
  // The command was for a run that has been replaced meanwhile.
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
