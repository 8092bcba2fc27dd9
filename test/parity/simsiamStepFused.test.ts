import '../setup/fusedMultiplyAdd';
import { simsiamStepSuite } from './simsiamStepSuite';

simsiamStepSuite(['wasm'], 'SimSiam step with fused multiply-adds equals the reference');
