import { defineOp } from '../runtime/op';
import { augmentOnWasm } from '../wasm/augment';
import { augmentOnGpu } from './gpu';
import { plainAugment } from './plain';

/** Arguments and result as in `augmentBatch`, which checks them; leaves intermediates to the caller's `tf.tidy`. */
export const augment = defineOp({ name: 'Augment', webgpu: augmentOnGpu, wasm: augmentOnWasm, plain: plainAugment });
