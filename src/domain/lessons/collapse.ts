import { FIRST_LESSON } from './firstLesson';
import { describeLesson } from './lesson';
import { ENDLESS } from './openings';

export const collapse = describeLesson({
  ...FIRST_LESSON,
  summary: 'Cause a collapse with one switch, see it in the picture, and learn which number shows it.',
  settings: ENDLESS,
  steps: [
    {
      text: 'Each small picture lies where the untrained network puts that image: for now, in random order.',
      target: 'outputs',
    },
    {
      text: 'Training shows the network two altered views of an image and asks for the same output for both.',
      target: 'diagram',
    },
    { text: 'Press Train: it needs the images alone, no labels.', target: 'train', wait: [{ did: 'trained' }] },
    {
      text: 'The loss falls towards −1, its value when the outputs of the two views agree.',
      target: 'loss',
      wait: [{ signal: 'loss', below: -0.5 }],
    },
    {
      text: 'Meanwhile the output std stays up: different images still get different outputs.',
      target: 'std',
      wait: [
        { signal: 'step', above: 80 },
        { signal: 'outputStd', above: 0.6, timesRoot: true },
      ],
    },
    {
      text: 'Stop-gradient keeps the gradient out of this arrow; what do the outputs do without it?',
      target: 'stopGradient',
      wait: [
        { set: 'stopGradient', to: false },
        { signal: 'outputStd', below: 0.2, timesRoot: true },
      ],
      question: {
        choices: ['They spread out further', 'They run together', 'They stay where they are'],
        answer: 1,
        task: 'Switch stop-gradient off, and watch the outputs.',
        because:
          'The same output for every image is the easiest way to make two views agree, and now the gradient leads there: a collapse.',
      },
    },
    { text: 'Judged by the loss, this run is perfect: it is close to −1, the lowest value there is.', target: 'loss' },
    {
      text: 'The std shows what is wrong: near 0, every image has the same output, as in Figure 2 of the paper.',
      target: 'std',
    },
    {
      text: 'Will the outputs come apart again when stop-gradient is switched back on?',
      target: 'stopGradient',
      wait: [
        { set: 'stopGradient', to: true },
        { signal: 'stepsHere', above: 60 },
      ],
      question: {
        choices: ['Yes, within some steps', 'No, they stay together'],
        answer: 1,
        task: 'Switch stop-gradient on, and give it 60 steps.',
        because:
          'Where all outputs are equal the gradient is zero, so nothing leads training out: a collapse must be prevented.',
      },
    },
    {
      text: 'Drag this slider to see the outputs run together once more.',
      target: 'replay',
      wait: [{ did: 'replayed' }],
    },
    {
      text: 'Press Reset for a new network: next time you will know which number to watch.',
      target: 'reset',
      wait: [{ did: 'startedOver' }],
    },
  ],
});
