import type { Command, CommandType } from './commands';
import type { Event } from './events';

// `satisfies` makes a type that is missing here, or that no longer exists, a compile error.
const COMMAND_TYPES = {
  init: true,
  setDataset: true,
  readFolders: true,
  derive: true,
  takeNext: true,
  prepare: true,
  stepMemory: true,
  create: true,
  resume: true,
  keep: true,
  train: true,
  pause: true,
  step: true,
  change: true,
  evaluate: true,
  cancelEvaluation: true,
  takeAlong: true,
  cancelTakeAlong: true,
  openFile: true,
  openKept: true,
  explore: true,
  cancelExplore: true,
  measureExplored: true,
  cancelMeasuring: true,
  search: true,
  suit: true,
  cancelSuit: true,
  beginFromOpened: true,
  prepareOpened: true,
  setQueries: true,
  thumbnails: true,
  usedFiles: true,
  preview: true,
} satisfies Record<CommandType, true>;

const EVENT_TYPES = {
  reply: true,
  failure: true,
  error: true,
  engine: true,
  progress: true,
  signal: true,
} satisfies Record<Event['type'], true>;

function typeOf(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  return typeof message.type === 'string' ? message.type : null;
}

/** Whether a message is one of the page's commands; other senders (extensions, dev tools) are ignored. */
export function isCommand(message: unknown): message is Command {
  const type = typeOf(message);
  return type !== null && Object.hasOwn(COMMAND_TYPES, type) && typeof (message as { id?: unknown }).id === 'number';
}

/** Whether a message is one of the worker's events. */
export function isEvent(message: unknown): message is Event {
  const type = typeOf(message);
  return type !== null && Object.hasOwn(EVENT_TYPES, type);
}
