import { defineOp } from '../runtime/op';
import { augmentOnCpu } from './cpu';
import { augmentOnGpu } from './gpu';
import { plainAugment } from './plain';

/** Arguments and result as in `augmentBatch`, which checks them. Intermediates are freed by the caller's `tf.tidy`. */
export const augment = defineOp({ name: 'Augment', webgpu: augmentOnGpu, wasm: augmentOnCpu, plain: plainAugment });
