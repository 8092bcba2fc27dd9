import '../setup/fusedMultiplyAdd';
import { wasmSeriesSuite } from './wasmSeriesSuite';

wasmSeriesSuite('losses on the processor with fused multiply-adds are those on WebGPU');
