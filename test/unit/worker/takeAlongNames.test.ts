import { expect, it } from 'vitest';
import type { TakenFile } from '../../../src/domain/takeAlong';
import { takenName } from '../../../src/worker/takeAlongNames';

const named = (what: TakenFile, dataset: string, step: number | null = 500) =>
  takenName(what, dataset, { method: 'simsiam' }, step);
const project = (name: string | null, withImages = false): TakenFile => ({
  kind: 'project',
  withImages,
  facts: { name, created: 0, dataset: { name: '', count: 1, sample: null, fingerprint: null }, evaluation: null },
});

it('names files after what is in them, safely for every system', () => {
  expect(named({ kind: 'encoder', format: 'onnx' }, 'Fashion-MNIST')).toBe(
    'simsiam-lab-fashion-mnist-simsiam-step500-encoder.onnx',
  );
  expect(named({ kind: 'encoder', format: 'transformers' }, '../a:b?"c')).toBe(
    'simsiam-lab-a-b-c-simsiam-step500-transformers.zip',
  );
  expect(named({ kind: 'embeddings', format: 'npy', by: 'opened' }, 'cats', null)).toBe(
    'simsiam-lab-cats-opened-encoder-embeddings.zip',
  );
  expect(named(project('Größe 1 / 2'), 'cats')).toBe('simsiam-lab-größe-1-2-step500-project.zip');
  expect(named(project('///', true), 'cats')).toBe('simsiam-lab-cats-simsiam-step500-project-with-images.zip');
  expect(named(project(null), '')).toBe('simsiam-lab-simsiam-step500-project.zip');
  expect(named(project('x'.repeat(300)), 'cats').length).toBeLessThan(80);
});
