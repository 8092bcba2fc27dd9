import { vi } from 'vitest';
import { resnetSuite } from './resnetSuite';

// The first weights are replaced by those of the reference; drawing them would take longer than the step.
vi.mock('../../src/engine/network/nn/init', async (original) => ({
  ...(await original<object>()),
  uniformFanIn: (count: number) => new Float32Array(count),
}));

// In float32 PyTorch's own gradients are up to 3e-3 from those in float64.
resnetSuite(['webgpu', 'wasm'], 224, 1e-2);
