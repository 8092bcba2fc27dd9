import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { METHOD_NAMES } from '../../src/domain/methods/registry';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { expectSameReports, interrupted, trainedOn } from '../setup/resumedRuns';

describeOnEngines(['wasm'], 'a resumed run', () => {
  it.each(METHOD_NAMES)('goes on to the bit on a new engine: %s', async (method) => {
    const config = smallRun({ method });
    const before = tf.memory().numTensors;
    const whole = await interrupted(await startTestEngine('wasm'), config);
    expectSameReports(whole, await trainedOn(await startTestEngine('wasm'), whole.bytes), config);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describeOnEngines(['webgpu'], 'a resumed run', () => {
  it('goes on to the bit on a new engine, in the middle of an alternation', async () => {
    const config = smallRun({ alternation: 5 });
    const whole = await interrupted(await startTestEngine('webgpu'), config);
    expectSameReports(whole, await trainedOn(await startTestEngine('webgpu'), whole.bytes), config);
  });
});
