import type { Lab } from '../../session/lab';
import { canTrain } from '../../session/run/canTrain';
import { isGoing } from '../../session/run/runStore';

/** What the action of a key may use. */
export interface KeyContext {
  readonly lab: Lab;
  showKeys(): void;
}

export interface KeyAction {
  /** Whether the key does something at present; if not, the browser treats it as usual. */
  isPossible(context: KeyContext): boolean;
  run(context: KeyContext): void;
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

const showKeys: KeyAction = {
  isPossible: () => true,
  run: (context) => context.showKeys(),
};

/** Every key of the page. */
export const KEYS: readonly KeyEntry[] = [
  { keys: [' '], name: 'Space', words: 'Train or pause', action: trainOrPause },
  { keys: ['?'], words: 'Show this list', action: showKeys },
];
