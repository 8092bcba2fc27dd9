import { describeLesson } from './lesson';
import { ENDLESS } from './openings';

export const predictor = describeLesson({
  id: 'predictor',
  title: 'What the predictor does',
  summary: 'Take the predictor away, then keep it from learning: two failures, and how to tell them apart.',
  minutes: 4,
  settings: ENDLESS,
  steps: [
    {
      text: 'The predictor h is a small network on one branch, which predicts the output of the other view.',
      target: 'diagram',
    },
    { text: 'Press Train, so that encoder and predictor learn together.', target: 'train', wait: [{ did: 'trained' }] },
    {
      text: 'As it should be: the loss falls, and the std stays up.',
      target: 'std',
      wait: [
        { signal: 'step', above: 80 },
        { signal: 'outputStd', above: 0.6, timesRoot: true },
      ],
    },
    {
      text: 'If stop-gradient stays on but the predictor goes, is that enough to prevent a collapse?',
      target: 'predictor',
      wait: [
        { set: 'predictor', to: 'none' },
        { signal: 'outputStd', below: 0.2, timesRoot: true },
      ],
      question: {
        choices: ['Yes, stop-gradient is enough', 'No, the outputs run together', 'The loss stops falling'],
        answer: 1,
        task: 'Set the predictor to “none (identity)”, and watch the outputs.',
        because:
          'Without h, stop-gradient halves the gradient and leaves its direction (Sec. 4.2): in the paper accuracy fell to 0.1 %.',
      },
    },
    {
      text: 'Press Reset for a new network, whose predictor is trained again.',
      target: 'reset',
      wait: [{ did: 'startedOver' }],
    },
    {
      text: 'And if the predictor is there, but is never trained?',
      target: 'predictor',
      wait: [{ set: 'predictor', to: 'fixed' }, { did: 'trained' }, { signal: 'step', above: 120 }],
      question: {
        choices: ['The outputs run together, too', 'The loss stays high', 'It works as well as before'],
        answer: 1,
        task: 'Set the predictor to “fixed at random”, press Train, and give it 120 steps.',
        because:
          'The encoder cannot do what a random h asks for: no collapse, but hardly any learning (1.5 % in the paper, Table 1).',
      },
    },
    { text: 'Here the loss stays near its first value, which in the collapse it left at once.', target: 'loss' },
    { text: 'And the std stays up, where in the collapse it fell: read both, never one alone.', target: 'std' },
  ],
});
