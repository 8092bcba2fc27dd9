import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { METHOD_NAMES } from '../../src/domain/methods/registry';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines } from '../setup/engine';
import { expectSameAfterResuming } from '../setup/resumedRuns';

describeOnEngines(['wasm'], 'a resumed run', () => {
  it.each(METHOD_NAMES)('goes on to the bit on a new engine: %s', async (method) => {
    const before = tf.memory().numTensors;
    await expectSameAfterResuming('wasm', smallRun({ method }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describeOnEngines(['webgpu'], 'a resumed run', () => {
  it('goes on to the bit on a new engine, in the middle of an alternation', async () => {
    await expectSameAfterResuming('webgpu', smallRun({ alternation: 5 }));
  });
});
