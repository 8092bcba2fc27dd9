import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../src/domain/signal';
import type { EngineError } from '../../../src/protocol/events';
import {
  isAtRest,
  NO_RUNS,
  type RunEffect,
  type RunMachineEvent,
  type RunMachineState,
  transition,
} from '../../../src/session/run/runMachine';

type Run = RunMachineState['run'];
type Next = RunMachineState['next'];
type Intent = RunMachineState['intent'];

/** The second run of the page, in some state. */
function at(run: Run, next: Next = 'none', intent: Intent = null): RunMachineState {
  return { run, next, intent, runs: 2 };
}

const [ID, OLD_ID] = ['run-2', 'run-1'];
const SMALL: EngineError = { code: 'bad-config', message: 'Too large.', recoverable: true };
const LOST: EngineError = { code: 'device-lost', message: 'The GPU is gone.', recoverable: true };
const DEAD: EngineError = { code: 'internal', message: 'The worker is gone.', recoverable: false };
const STALE: EngineError = { code: 'stale-run', message: 'Run run-1 has ended.', recoverable: true };

const startEngine: RunEffect = { type: 'startEngine' };
const unschedule: RunEffect = { type: 'unschedule' };
const schedule: RunEffect = { type: 'schedule' };
const forgetFailure: RunEffect = { type: 'forgetFailure' };
const forget: RunEffect = { type: 'clear', changes: 'dropped' };
const clear: RunEffect = { type: 'clear', changes: 'kept' };
const catchUp: RunEffect = { type: 'catchUp', runId: ID };
const reloadImages: RunEffect = { type: 'reloadImages' };
const command = (name: 'train' | 'step' | 'pause'): RunEffect => ({ type: 'command', command: name, runId: ID });
const show = (error: EngineError): RunEffect => ({ type: 'showError', error });
const lose = (error: EngineError): RunEffect => ({ type: 'loseEngine', error });

const edit = (moved: boolean): RunMachineEvent => ({ type: 'edit', moved });
const reset = (problem: string | null = null): RunMachineEvent => ({ type: 'reset', problem });
const replaceBy = (intent: 'train' | null): RunMachineEvent => ({ type: 'replaceBy', intent });
const open = (loadsImages: boolean): RunMachineEvent => ({ type: 'open', loadsImages });
const engineReady = (images: 'coming' | 'stale' | 'unfit' | 'fit'): RunMachineEvent => ({
  type: 'engineReady',
  images,
});
const created = (runId: string): RunMachineEvent => ({ type: 'created', runId });
const createFailed = (error: EngineError, runId = ID): RunMachineEvent => ({ type: 'createFailed', runId, error });
const reported = (state: RunState, runId = ID): RunMachineEvent => ({ type: 'runState', runId, state });
const error = (error: EngineError, runId: string | null): RunMachineEvent => ({ type: 'error', error, runId });
const train: RunMachineEvent = { type: 'train' };
const step: RunMachineEvent = { type: 'step' };
const pause: RunMachineEvent = { type: 'pause' };
const rebuildDue: RunMachineEvent = { type: 'rebuildDue' };
const imagesLeaving: RunMachineEvent = { type: 'imagesLeaving' };
const imagesReplaced: RunMachineEvent = { type: 'imagesReplaced' };
const imagesFailed: RunMachineEvent = { type: 'imagesFailed' };
const engineFailed: RunMachineEvent = { type: 'engineFailed' };

type Row = readonly [state: RunMachineState, event: RunMachineEvent, after: RunMachineState, effects: RunEffect[]];

/** A row in which nothing happens. */
function nothing(state: RunMachineState, event: RunMachineEvent): Row {
  return [state, event, state, []];
}

const TABLE: Record<string, readonly Row[]> = {
  'Train builds the run that it needs, and is sent once the worker has it': [
    [at('none'), train, at('none', 'engine', 'train'), [startEngine]],
    [at('none', 'scheduled'), train, at('none', 'engine', 'train'), [unschedule, startEngine]],
    [at('none', 'engine'), train, at('none', 'engine', 'train'), []],
    [at('none', 'images'), train, at('none', 'images', 'train'), []],
    [at('creating'), train, at('creating', 'none', 'train'), []],
    [at('creating', 'scheduled'), train, at('creating', 'engine', 'train'), [unschedule, startEngine]],
    [at('building'), train, at('building', 'none', 'train'), [command('train')]],
    [at('paused'), train, at('paused', 'none', 'train'), [command('train')]],
    [at('paused', 'scheduled'), train, at('paused', 'engine', 'train'), [unschedule, startEngine]],
    [at('paused', 'engine'), train, at('paused', 'engine', 'train'), []],
    [at('paused', 'images'), train, at('paused', 'images', 'train'), []],
    [at('paused', 'none', 'step'), train, at('paused', 'none', 'train'), [command('train')]],
    [at('training', 'none', 'pause'), train, at('training', 'none', 'train'), [command('train')]],
    [at('finished'), train, at('finished', 'none', 'train'), [command('train')]],
    [at('diverged'), train, at('diverged', 'none', 'train'), [command('train')]],
    [at('failed'), train, at('failed', 'none', 'train'), [command('train')]],
  ],
  'Step does the same, and is done with once it is sent': [
    [at('none'), step, at('none', 'engine', 'step'), [startEngine]],
    [at('none', 'engine', 'train'), step, at('none', 'engine', 'step'), []],
    [at('creating'), step, at('creating', 'none', 'step'), []],
    [at('building'), step, at('building'), [command('step')]],
    [at('paused'), step, at('paused'), [command('step')]],
    [at('paused', 'scheduled'), step, at('paused', 'engine', 'step'), [unschedule, startEngine]],
  ],
  'Pause takes back what has not begun, and waits for the update under way': [
    [at('none', 'engine', 'train'), pause, at('none', 'engine'), []],
    [at('none', 'none', 'train'), pause, at('none'), []],
    [at('creating', 'none', 'train'), pause, at('creating'), []],
    [at('building', 'none', 'train'), pause, at('building'), [command('pause')]],
    [at('paused', 'none', 'train'), pause, at('paused'), [command('pause')]],
    [at('training'), pause, at('training', 'none', 'pause'), [command('pause')]],
    [at('training', 'none', 'train'), pause, at('training', 'none', 'pause'), [command('pause')]],
    [at('finished'), pause, at('finished'), [command('pause')]],
    [at('failed'), pause, at('failed'), [command('pause')]],
  ],
  'Reset builds a new run of settings of which one can be built': [
    [at('none'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('none', 'none', 'train'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('none', 'engine'), reset(), at('none', 'engine'), [forgetFailure, forget]],
    [at('none', 'images'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('creating'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('training', 'none', 'pause'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('paused', 'scheduled'), reset(), at('none', 'engine'), [forgetFailure, forget, unschedule, startEngine]],
    [at('finished'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('failed'), reset(), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('training'), reset('No.'), at('training'), [{ type: 'notify', text: 'No.' }]],
    [at('failed', 'scheduled'), reset('No.'), at('failed', 'scheduled'), [{ type: 'notify', text: 'No.' }]],
    [at('none'), reset('No.'), at('none', 'engine'), [forgetFailure, forget, startEngine]],
  ],
  'A run of an experiment takes the place of any, with its own intent': [
    [at('training'), replaceBy('train'), at('none', 'engine', 'train'), [forgetFailure, forget, startEngine]],
    [at('finished'), replaceBy(null), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('failed', 'none', 'train'), replaceBy(null), at('none', 'engine'), [forgetFailure, forget, startEngine]],
    [at('none', 'engine', 'step'), replaceBy('train'), at('none', 'engine', 'train'), [forgetFailure, forget]],
  ],
  'A link ends the run, and its own is built at once or after its images': [
    [at('training'), open(false), at('none', 'engine'), [forget, startEngine]],
    [at('training', 'none', 'pause'), open(true), at('none'), [forget]],
    [at('paused', 'scheduled'), open(true), at('none'), [forget, unschedule]],
    [at('paused', 'scheduled'), open(false), at('none', 'engine'), [forget, unschedule, startEngine]],
    [at('none', 'engine', 'train'), open(true), at('none'), [forget]],
  ],
  'An edit is built into a run that has not moved, after a pause': [
    [at('none'), edit(false), at('none', 'scheduled'), [schedule]],
    [at('paused'), edit(false), at('paused', 'scheduled'), [schedule]],
    [at('paused', 'scheduled'), edit(false), at('paused', 'scheduled'), [schedule]],
    [at('creating', 'none', 'train'), edit(false), at('creating', 'scheduled', 'train'), [schedule]],
    [at('failed'), edit(false), at('failed', 'scheduled'), [schedule]],
    nothing(at('paused'), edit(true)),
    nothing(at('training'), edit(true)),
    nothing(at('none', 'engine'), edit(false)),
    nothing(at('none', 'images'), edit(false)),
    [at('paused', 'scheduled'), rebuildDue, at('paused', 'engine'), [startEngine]],
    nothing(at('paused'), rebuildDue),
    nothing(at('none', 'engine'), rebuildDue),
    nothing(at('none', 'images'), rebuildDue),
  ],
  'Other images end the run and keep what was pressed; the next run is built on them': [
    [at('paused', 'none', 'train'), imagesLeaving, at('none', 'none', 'train'), [clear]],
    [at('training', 'scheduled'), imagesLeaving, at('none', 'scheduled'), [clear]],
    [at('none', 'images'), imagesLeaving, at('none', 'images'), [clear]],
    [at('none', 'none', 'train'), imagesReplaced, at('none', 'engine', 'train'), [startEngine]],
    [at('none', 'scheduled'), imagesReplaced, at('none', 'engine'), [unschedule, startEngine]],
    [at('none', 'images'), imagesReplaced, at('none', 'engine'), [startEngine]],
    nothing(at('none', 'engine', 'train'), imagesReplaced),
    [at('none', 'images', 'train'), imagesFailed, at('none', 'none', 'train'), []],
    nothing(at('training'), imagesFailed),
    nothing(at('none', 'engine'), imagesFailed),
  ],
  'With the engine, a run is built if the images allow it': [
    [
      at('none', 'engine', 'train'),
      engineReady('fit'),
      { run: 'creating', next: 'none', intent: 'train', runs: 3 },
      [{ type: 'create', runId: 'run-3' }],
    ],
    [
      at('paused', 'engine'),
      engineReady('fit'),
      { run: 'creating', next: 'none', intent: null, runs: 3 },
      [{ type: 'create', runId: 'run-3' }],
    ],
    [at('none', 'engine', 'train'), engineReady('coming'), at('none', 'none', 'train'), []],
    [at('paused', 'engine'), engineReady('coming'), at('paused'), []],
    [at('paused', 'engine', 'train'), engineReady('stale'), at('paused', 'images', 'train'), [reloadImages]],
    [at('paused', 'engine', 'train'), engineReady('unfit'), at('none'), [clear]],
    nothing(at('none'), engineReady('fit')),
    nothing(at('paused', 'scheduled'), engineReady('fit')),
    nothing(at('none', 'images'), engineReady('stale')),
    [at('none', 'engine', 'train'), engineFailed, at('none', 'none', 'train'), []],
    [at('failed', 'engine'), engineFailed, at('failed'), []],
    nothing(at('none'), engineFailed),
    nothing(at('paused', 'scheduled'), engineFailed),
  ],
  'The worker has the run: what was asked for in the meantime is sent': [
    [at('creating'), created(ID), at('building'), [catchUp]],
    [at('creating', 'none', 'train'), created(ID), at('building', 'none', 'train'), [catchUp, command('train')]],
    [at('creating', 'none', 'step'), created(ID), at('building'), [catchUp, command('step')]],
    [at('creating', 'scheduled'), created(ID), at('building', 'scheduled'), [catchUp]],
    [
      at('creating', 'scheduled', 'train'),
      created(ID),
      at('building', 'engine', 'train'),
      [catchUp, unschedule, startEngine],
    ],
    [at('creating', 'engine', 'train'), created(ID), at('building', 'engine', 'train'), [catchUp]],
    nothing(at('creating', 'none', 'train'), created(OLD_ID)),
    nothing(at('none', 'engine'), created(ID)),
    nothing(at('paused'), created(ID)),
    nothing(at('failed'), created(ID)),
  ],
  'The worker could not build the run': [
    [at('creating', 'none', 'train'), createFailed(SMALL), at('failed'), [show(SMALL)]],
    [at('creating'), createFailed(LOST), at('failed'), [show(LOST), lose(LOST)]],
    [at('creating'), createFailed(DEAD), at('failed'), [show(DEAD), lose(DEAD)]],
    [at('creating'), createFailed(STALE), at('failed'), []],
    [at('creating', 'scheduled'), createFailed(SMALL), at('failed', 'scheduled'), [show(SMALL)]],
    nothing(at('creating'), createFailed(DEAD, OLD_ID)),
    nothing(at('none', 'engine'), createFailed(DEAD)),
  ],
  'What the worker reports of the run, and what was pressed is forgotten once it has happened': [
    nothing(at('creating', 'none', 'train'), reported('building')),
    [at('creating'), reported('paused'), at('paused'), [catchUp]],
    [at('creating', 'none', 'train'), reported('paused'), at('paused', 'none', 'train'), [catchUp, command('train')]],
    [at('creating', 'none', 'train'), reported('failed'), at('failed'), [catchUp]],
    [at('building', 'none', 'train'), reported('paused'), at('paused', 'none', 'train'), []],
    [at('building', 'scheduled'), reported('paused'), at('paused', 'scheduled'), []],
    [at('paused', 'none', 'train'), reported('building'), at('building', 'none', 'train'), []],
    [at('paused', 'none', 'train'), reported('training'), at('training'), []],
    [at('paused', 'none', 'step'), reported('training'), at('training'), []],
    [at('training', 'none', 'pause'), reported('training'), at('training', 'none', 'pause'), []],
    [at('training', 'none', 'pause'), reported('paused'), at('paused'), []],
    [at('training', 'none', 'train'), reported('paused'), at('paused', 'none', 'train'), []],
    [at('training'), reported('finished'), at('finished'), []],
    [at('training', 'none', 'pause'), reported('diverged'), at('diverged'), []],
    [at('training', 'none', 'train'), reported('failed'), at('failed'), []],
    nothing(at('paused'), reported('paused')),
    nothing(at('training'), reported('finished', OLD_ID)),
    nothing(at('none'), reported('training')),
  ],
  'An error is shown, and ends the run if the engine did not survive it': [
    [at('training'), error(SMALL, ID), at('training'), [show(SMALL)]],
    [at('training'), error(SMALL, null), at('training'), [show(SMALL)]],
    [at('training', 'none', 'pause'), error(LOST, ID), at('failed'), [show(LOST), lose(LOST)]],
    [at('creating', 'none', 'train'), error(DEAD, null), at('failed'), [show(DEAD), lose(DEAD)]],
    [at('none', 'none', 'train'), error(DEAD, null), at('none'), [show(DEAD), lose(DEAD)]],
    [at('none', 'engine', 'train'), error(DEAD, null), at('none', 'engine'), [show(DEAD), lose(DEAD)]],
    [at('none'), error(SMALL, null), at('none'), [show(SMALL)]],
    nothing(at('training'), error(DEAD, OLD_ID)),
    nothing(at('none'), error(DEAD, ID)),
    nothing(at('training'), error(STALE, ID)),
  ],
};

/** “paused, then scheduled, wants train” */
function stateWords({ run, next, intent }: RunMachineState): string {
  return [run, ...(next === 'none' ? [] : [`next ${next}`]), ...(intent === null ? [] : [`wants ${intent}`])].join(
    ', ',
  );
}

describe.each(Object.entries(TABLE))('%s', (_, rows) => {
  it.each(rows.map((row) => [`${stateWords(row[0])} | ${JSON.stringify(row[1])}`, row] as const))(
    '%s',
    (_name, row) => {
      const [state, event, after, effects] = row;
      expect(transition(state, event)).toEqual([after, effects]);
    },
  );
});

describe('in every state', () => {
  const runs: Run[] = ['none', 'creating', 'building', 'paused', 'training', 'finished', 'diverged', 'failed'];
  const nexts: Next[] = ['none', 'scheduled', 'engine', 'images'];
  const intents: Intent[] = [null, 'train', 'step', 'pause'];
  const states = runs.flatMap((run) => nexts.flatMap((next) => intents.map((intent) => at(run, next, intent))));
  const events = Object.values(TABLE).flatMap((rows) => rows.map(([, event]) => event));

  it('the timer runs if and only if a rebuild is scheduled', () => {
    for (const state of states) {
      for (const event of events) {
        const [after, effects] = transition(state, event);
        const has = (type: RunEffect['type']) => effects.some((effect) => effect.type === type);
        const row = `${stateWords(state)} | ${JSON.stringify(event)}`;
        const stops = has('unschedule') || event.type === 'rebuildDue';
        const runs = has('schedule') || (state.next === 'scheduled' && !stops);
        expect(runs, row).toBe(after.next === 'scheduled');
      }
    }
  });

  it('every wait has a request, and no command is sent for a run that the worker does not know', () => {
    for (const state of states) {
      for (const event of events) {
        const [after, effects] = transition(state, event);
        const has = (type: RunEffect['type']) => effects.some((effect) => effect.type === type);
        const row = `${stateWords(state)} | ${JSON.stringify(event)}`;
        if (after.next === 'engine') expect(state.next === 'engine' || has('startEngine'), row).toBe(true);
        if (after.next === 'images') expect(state.next === 'images' || has('reloadImages'), row).toBe(true);
        if (after.run === 'creating') expect(state.run === 'creating' || has('create'), row).toBe(true);
        if (has('command')) expect(['none', 'creating'], row).not.toContain(after.run);
      }
    }
  });
});

it('is at rest if neither an engine, images nor a run is pending', () => {
  expect([NO_RUNS, at('paused'), at('paused', 'scheduled'), at('failed')].every(isAtRest)).toBe(true);
  expect([at('creating'), at('none', 'engine'), at('paused', 'images')].some(isAtRest)).toBe(false);
});
