import { vi } from 'vitest';
import { resnetSuite } from './resnetSuite';

// The first weights are replaced by those of the reference; drawing them would take longer than the step.
vi.mock('../../src/engine/network/nn/init', async (original) => ({
  ...(await original<object>()),
  uniformFanIn: (count: number) => new Float32Array(count),
}));

// In float32 PyTorch's own z is up to 4e-4 of the largest from that in float64, and its gradients up to 3e-3 of their norm; here they are up to
// 0.035, since an input of a ReLU near 0 may have the other sign in float32, and the more so the wider the heads are.
resnetSuite(['webgpu', 'wasm'], 224, { outputs: 1e-3, gradients: 5e-2 });
