import { expect, test } from 'vitest';
import { weightsBefore } from '../../../scripts/report/weightsBefore';
import { drawnEncoder } from '../../setup/encoders';

const named = { weights: drawnEncoder(), file: '/w/resnet.safetensors', fingerprint: 'a'.repeat(64) };
const warmStart = {
  name: 'resnet.safetensors',
  fingerprint: named.fingerprint,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

test('weights that a run began with are normalised as in the run', () => {
  const { given, note } = weightsBefore(named, warmStart);
  expect(given).toEqual({ ...named.weights, normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } });
  expect(note).toBeNull();
});

test('another file is compared as it is, and this is said', () => {
  const { given, note } = weightsBefore(named, { ...warmStart, fingerprint: 'b'.repeat(64) });
  expect(given).toBe(named.weights);
  expect(note).toMatch(/^\/w\/resnet\.safetensors is not the file “resnet\.safetensors”/);
});

test('where no file is named, the one that the run began with is', () => {
  expect(weightsBefore(null, warmStart)).toEqual({
    given: null,
    note: expect.stringContaining('“resnet.safetensors”'),
  });
  expect(weightsBefore(null, null)).toEqual({ given: null, note: null });
});
