import { presetConfig } from '../../src/domain/presets';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import type { RunPointer } from '../../src/storage/runPointer';

/** The pointer of a run with two checkpoints, the second of which is its last. */
export function runPointer(changed: Partial<RunPointer> = {}): RunPointer {
  return {
    version: CURRENT_VERSION,
    id: 'one',
    config: presetConfig('tiny'),
    changes: [[61, 'stopGradient', false]],
    dataset: { name: 'Fashion-MNIST', count: 12_000, sample: 'fashion-mnist', fingerprint: null },
    parent: null,
    steps: [
      { step: 64, bytes: 3, keptFor: ['power'] },
      { step: 90, bytes: 4, keptFor: [] },
    ],
    last: 90,
    written: Date.UTC(2026, 0, 2, 12),
    ...changed,
  };
}
