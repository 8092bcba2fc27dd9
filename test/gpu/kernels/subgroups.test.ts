import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { checkSubgroups, currentDevice, lanesOf } from '../../../src/engine/kernels/runtime/subgroups';
import { describeOnGpu } from './harness';

describeOnGpu('subgroups', () => {
  it('are used where the adapter names their size and a check agrees', async () => {
    const device = currentDevice();
    const smallest = device.features.has('subgroups') ? (device.adapterInfo.subgroupMinSize ?? 0) : 0;
    const before = tf.memory().numTensors;
    await checkSubgroups();
    expect(lanesOf(device)).toBe(smallest >= 4 ? smallest : 0);
    expect(tf.memory().numTensors).toBe(before);
  });

  // The last test, because it marks the device permanently.
  it('stay unused where a workgroup turns out not to be one subgroup', async ({ skip }) => {
    const device = currentDevice();
    const lanes = lanesOf(device);
    if (lanes === 0 || device.adapterInfo.subgroupMaxSize !== lanes) skip('needs subgroups of one size');
    const wrong = { subgroupMinSize: 2 * lanes, subgroupMaxSize: 2 * lanes };
    Object.defineProperty(device, 'adapterInfo', { value: wrong, configurable: true });
    expect(lanesOf(device)).toBe(2 * lanes);
    await checkSubgroups();
    expect(lanesOf(device)).toBe(0);
  });
});
