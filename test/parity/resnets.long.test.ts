import { vi } from 'vitest';
import { resnetSuite } from './resnetSuite';

// The first weights are replaced by those of the reference; drawing them would take longer than the step.
vi.mock('../../src/engine/network/nn/init', async (original) => ({
  ...(await original<object>()),
  uniformFanIn: (count: number) => new Float32Array(count),
}));

// In float32 PyTorch's own z is up to 4e-4 of the largest from that in float64, and its gradients up to 3e-3 of their norm. Furthest are those
// of BN's shifts before a 1x1 convolution, which are small since the next BN takes a constant away again.
resnetSuite(['webgpu', 'wasm'], 224, { outputs: 1e-3, gradients: 3e-2 });
