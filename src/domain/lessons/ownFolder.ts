import { describeLesson } from './lesson';

export const ownFolder = describeLesson({
  id: 'own-folder',
  title: 'Your own folder',
  summary: 'Train on your own images, check that the run is sound, and see which ones it finds alike.',
  minutes: 5,
  steps: [
    {
      text: 'Choose a folder of your images, or drop one on the page: they stay on this computer.',
      target: 'images',
      wait: [{ did: 'ownImages' }],
    },
    {
      text: 'Names of sub-folders become classes, which judge the result: training does not use them.',
      target: 'images',
    },
    { text: 'Press Train.', target: 'train', wait: [{ did: 'trained' }] },
    {
      text: 'First make sure that nothing collapses: the std should stay about where it began.',
      target: 'std',
      wait: [{ signal: 'step', above: 50 }],
    },
    {
      text: 'Training helps if this curve rises above the line of the untrained network; give it some hundred steps.',
      target: 'accuracy',
      wait: [{ signal: 'step', above: 100 }],
    },
    { text: 'Each row shows one of your images and those that the network finds most alike.', target: 'neighbours' },
    { text: 'Here they have their names, and a click on any image searches for its neighbours.', target: 'gallery' },
    { text: 'Every run is kept here with its curves, so change one setting and compare.', target: 'runs' },
  ],
});
