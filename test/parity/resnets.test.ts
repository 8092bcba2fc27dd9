import { vi } from 'vitest';
import { resnetSuite } from './resnetSuite';

// The first weights are replaced by those of the reference; drawing them would take longer than the step.
vi.mock('../../src/engine/network/nn/init', async (original) => ({
  ...(await original<object>()),
  uniformFanIn: (count: number) => new Float32Array(count),
}));

resnetSuite(['webgpu', 'wasm'], 64, { outputs: 1e-4, gradients: 1e-3 });
