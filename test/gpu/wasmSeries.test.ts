import { wasmSeriesSuite } from './wasmSeriesSuite';

wasmSeriesSuite('losses on the processor are those on WebGPU');
