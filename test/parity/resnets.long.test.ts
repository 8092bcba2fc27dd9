import { resnetSuite } from './resnetSuite';

// In float32 PyTorch's own gradients are up to 3e-3 from those in float64.
resnetSuite(['webgpu', 'wasm'], 224, 1e-2);
