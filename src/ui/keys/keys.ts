import type { Lab } from '../../session/lab';
import { phaseOf, stepOf } from '../../session/lessons/lessonStore';
import { canTrain } from '../../session/run/canTrain';
import { isGoing } from '../../session/run/runStore';
import { focusTarget } from '../lessons/target';

/** What the action of a key may use. */
export interface KeyContext {
  readonly lab: Lab;
  showKeys(): void;
}

export interface KeyAction {
  /** Whether the key does something at present; if not, the browser treats it as usual. */
  isPossible(context: KeyContext): boolean;
  run(context: KeyContext, key: string): void;
}

/** A key of the page: the handler and the list of keys are made from the same entries. */
export interface KeyEntry {
  /** The values of `KeyboardEvent.key` that call the action. */
  readonly keys: readonly string[];
  /** The name in the list where it is not the key itself. */
  readonly name?: string;
  readonly words: string;
  readonly action: KeyAction;
}

const trainOrPause: KeyAction = {
  isPossible: ({ lab }) => {
    const run = lab.runStore.getState();
    return isGoing(run) || canTrain(run, lab.engineStore.getState(), lab.datasetStore.getState());
  },
  run: ({ lab }) => (isGoing(lab.runStore.getState()) ? lab.pause() : lab.train()),
};

/** Goes on in the lesson; while it waits for something, the focus goes to what it points at. */
const goOn: KeyAction = {
  isPossible: ({ lab }) => lab.lessons.player.store.getState().isOpen,
  run: ({ lab: { lessons } }) => {
    const state = lessons.player.store.getState();
    const step = stepOf(state);
    if (phaseOf(state) !== 'wait' || step === null) lessons.player.next();
    else focusTarget(step.target);
  },
};

const answer: KeyAction = {
  isPossible: ({ lab }) => {
    const state = lab.lessons.player.store.getState();
    return state.isOpen && phaseOf(state) === 'guess';
  },
  run: ({ lab }, key) => lab.lessons.player.guess(Number(key) - 1),
};

/** Leaves the open lesson, resumes the one that was left, or else shows the list. */
const leaveOrResume: KeyAction = {
  isPossible: () => true,
  run: ({ lab: { lessons } }) => {
    const state = lessons.player.store.getState();
    if (state.isOpen) lessons.player.leave();
    else if (stepOf(state) !== null) lessons.player.resume();
    else lessons.listStore.setState({ isOpen: true });
  },
};

const showKeys: KeyAction = {
  isPossible: () => true,
  run: (context) => context.showKeys(),
};

/** Every key of the page. */
export const KEYS: readonly KeyEntry[] = [
  { keys: [' '], name: 'Space', words: 'Train or pause', action: trainOrPause },
  { keys: ['n', 'N'], name: 'N', words: 'Lesson: go on', action: goOn },
  { keys: ['1', '2', '3', '4'], name: '1 to 4', words: 'Lesson: answer its question', action: answer },
  { keys: ['l', 'L'], name: 'L', words: 'Leave the lesson, or resume it', action: leaveOrResume },
  { keys: ['?'], words: 'Show this list', action: showKeys },
];
