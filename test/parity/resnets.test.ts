import { resnetSuite } from './resnetSuite';

resnetSuite(['webgpu', 'wasm'], 64, 1e-3);
