import { presetConfig } from '../../src/domain/presets';
import { CURRENT_VERSION } from '../../src/domain/versions/registry';
import type { Curves, RunRecord } from '../../src/storage/runRecord';

/** A kept run of 200 steps that collapsed after its stop-gradient was switched off in flight. */
export function keptRun(changed: Partial<RunRecord> = {}): RunRecord {
  return {
    version: CURRENT_VERSION,
    id: 'one',
    name: null,
    created: Date.UTC(2026, 0, 2, 12),
    config: presetConfig('tiny'),
    changes: [[61, 'stopGradient', false]],
    dataset: { name: 'Fashion-MNIST', count: 12_000, sample: 'fashion-mnist', fingerprint: null },
    parent: null,
    engine: { name: 'webgpu', adapter: 'test adapter' },
    steps: 200,
    state: 'stopped',
    markers: [
      { kind: 'change', step: 61, key: 'stopGradient', value: false },
      { kind: 'diagnosis', step: 114, state: 'collapsed' },
    ],
    diagnosis: { state: 'collapsed', since: 114, outputStd: 0.01, loss: -0.99 },
    baselines: {
      inverseSqrtD: 0.125,
      rankBound: 64,
      backboneRankBound: 24,
      knn: { k: 20, temperature: 0.1, bank: 600, queries: 300, chance: 0.1, rawPixels: 0.7, untrained: 0.6 },
      viewRetrieval: { images: 256, rawPixels: 0.1, untrained: 0.2 },
    },
    final: { loss: -0.99, outputStd: 0.01, collapseLevel: 0.9, effectiveRank: 6, knn: 0.4 },
    evaluation: null,
    ...changed,
  };
}

export function curvesOfLength(length: number): Curves {
  return {
    loss: {
      steps: Float64Array.from({ length }, (_, i) => i + 1),
      values: Float64Array.from({ length }, (_, i) => -i / length),
    },
    knn: { steps: Float64Array.of(0, length), values: Float64Array.of(0.3, 0.4) },
  };
}
