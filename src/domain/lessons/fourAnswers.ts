import type { LessonCondition } from './conditions';
import { describeLesson } from './lesson';
import { ENDLESS } from './openings';

/** Sixty steps of a run whose outputs stay apart; SwAV's move together at first. */
const STAYS_APART: LessonCondition[] = [
  { did: 'trained' },
  { signal: 'step', above: 60 },
  { signal: 'outputStd', above: 0.4, timesRoot: true },
];

export const fourAnswers = describeLesson({
  id: 'four-answers',
  title: 'Four answers to one problem',
  summary: 'SimSiam, BYOL, SimCLR and SwAV: one diagram each, and four ways to prevent a collapse.',
  minutes: 6,
  settings: ENDLESS,
  steps: [
    {
      text: 'SimSiam’s answer to collapse: a predictor on one branch, a stop-gradient on the other.',
      target: 'diagram',
    },
    { text: 'Press Train, and see in 60 steps that the std stays up.', target: 'train', wait: STAYS_APART },
    {
      text: 'Choose BYOL here, then press “Start a new run”.',
      target: 'method',
      wait: [{ set: 'method', to: 'byol' }],
    },
    { text: 'BYOL’s targets come from a second encoder, a slowly moving average of the first.', target: 'diagram' },
    { text: 'Press Train: 60 steps, and the outputs stay apart.', target: 'train', wait: STAYS_APART },
    {
      text: 'Choose SimCLR, then press “Start a new run”.',
      target: 'method',
      wait: [{ set: 'method', to: 'simclr' }],
    },
    {
      text: 'SimCLR pushes the outputs of different images apart: negative pairs, and no stop-gradient.',
      target: 'diagram',
    },
    { text: 'Press Train: its std lies close to an even spread.', target: 'train', wait: STAYS_APART },
    {
      text: 'Choose SwAV, then press “Start a new run”.',
      target: 'method',
      wait: [{ set: 'method', to: 'swav' }],
    },
    { text: 'SwAV assigns the images evenly to prototypes, so they cannot all end in one place.', target: 'diagram' },
    { text: 'Press Train: the std dips, then rises again.', target: 'train', wait: STAYS_APART },
    {
      text: 'Which of the four does without negative pairs, a momentum encoder and clusters?',
      target: 'method',
      question: {
        choices: ['SimSiam', 'BYOL', 'SimCLR', 'SwAV'],
        answer: 0,
        because: 'In the paper SimSiam reaches 68.1 % after 100 epochs, each of the others 66.5 (Table 4).',
      },
    },
    {
      text: 'Their losses are not comparable; one click here trains the methods and compares their accuracy.',
      target: 'experiments',
    },
  ],
});
