import { simsiamStepSuite } from './simsiamStepSuite';

simsiamStepSuite(['cpu', 'webgpu', 'wasm'], 'SimSiam step equals the reference');
