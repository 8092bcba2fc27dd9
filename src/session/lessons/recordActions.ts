import { type ConfigPath, flattenConfig } from '../../domain/configPath';
import { differingPaths, fieldOf, valueLabel } from '../../domain/fields';
import type { LessonAction, LessonCondition } from '../../domain/lessons/conditions';
import type { LessonStep } from '../../domain/lessons/lesson';
import type { LessonTarget } from '../../domain/lessons/targets';
import type { RunConfig } from '../../domain/runConfig';
import { hasMoved, isGoing, type RunStoreState, shownConfig } from '../run/runStore';
import { type PageStores, readPage } from './readPage';

/** Settings on which the defaults of others depend: a change of one is recorded alone. */
const LEADING: readonly ConfigPath[] = ['dataset', 'preset', 'method'];

function stepFor(text: string, target: LessonTarget, condition: LessonCondition): LessonStep {
  return { text, target, wait: [condition] };
}

/** Actions that are recorded as they begin to hold. Train, Reset and settings are recorded from the run. */
const WATCHED: readonly (readonly [LessonAction, string, LessonTarget])[] = [
  ['openedTrain', 'Open Train.', 'places'],
  ['openedExplore', 'Open Explore.', 'places'],
  ['openedCompare', 'Open Compare.', 'places'],
  ['shownZ', 'Show z.', 'reading'],
  ['shownP', 'Show p.', 'reading'],
  ['shownFeatures', 'Show the features.', 'reading'],
  ['replayed', 'Drag this slider to an earlier step.', 'replay'],
  ['comparedFigure2', 'Press Figure 2.', 'figure2'],
  ['ownImages', 'Choose a folder of your own images.', 'images'],
];

function settingStep(path: ConfigPath, config: RunConfig): LessonStep | null {
  const value = flattenConfig(config).get(path);
  if (value === undefined || (path === 'dataset' && value === 'folder')) return null;
  const field = fieldOf(path);
  const shown = valueLabel(field, value);
  const text = typeof value === 'boolean' ? `Switch ${field.label} ${shown}.` : `Set ${field.label} to ${shown}.`;
  return stepFor(text, path, { set: path, to: value });
}

/** The steps for what a person changed between two states of the run. */
function runSteps(before: RunStoreState, now: RunStoreState): LessonStep[] {
  const steps: LessonStep[] = [];
  const isOther = before.active?.runId !== now.active?.runId;
  // The changes in flight of a run that is over are not undone by the person.
  const [was, is] = isOther ? [before.config, now.config] : [shownConfig(before), shownConfig(now)];
  const paths = differingPaths(was, is);
  const leading = LEADING.filter((path) => paths.includes(path));
  for (const path of leading.length > 0 ? leading : paths) {
    const step = settingStep(path, is);
    if (step !== null) steps.push(step);
  }
  if (isOther && hasMoved(before) && !hasMoved(now))
    steps.push(stepFor('Press Reset.', 'reset', { did: 'startedOver' }));
  if (!isGoing(before) && isGoing(now)) steps.push(stepFor('Press Train.', 'train', { did: 'trained' }));
  if (before.intent !== 'pause' && now.intent === 'pause') {
    steps.push(stepFor('Press Pause.', 'train', { did: 'paused' }));
  }
  return steps;
}

/**
 * Reports what a person does on the page, as steps of a lesson, until the returned function is called. A setting that is changed several
 * times in a row is reported each time.
 */
export function recordActions(page: PageStores, record: (step: LessonStep) => void): () => void {
  let did = readPage(page, 0).did;
  const look = () => {
    const now = readPage(page, 0).did;
    for (const [action, text, target] of WATCHED) {
      if (now[action] && !did[action]) record(stepFor(text, target, { did: action }));
    }
    did = now;
  };
  const ends = [
    page.runStore.subscribe((now, before) => {
      for (const step of runSteps(before, now)) record(step);
    }),
    page.datasetStore.subscribe(look),
    page.placeStore.subscribe(look),
    page.frames.store.subscribe(look),
  ];
  return () => {
    for (const end of ends) end();
  };
}
