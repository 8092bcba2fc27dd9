import { expect, it } from 'vitest';
import { buffersOf } from '../../../src/domain/signal';

it('the buffers of a signal are those of its own typed arrays', () => {
  const [image, x1, x2] = [1, 2, 3].map((n) => new Uint8ClampedArray(4 * n));
  const views = { step: 1, size: 1, index: 0, image: { width: 1, height: 1, pixels: image! }, x1: x1!, x2: x2! };
  expect(buffersOf({ kind: 'views', value: views })).toEqual([image!.buffer, x1!.buffer, x2!.buffer]);
  expect(buffersOf({ kind: 'measurements', value: [{ step: 1, loss: 0 }] })).toEqual([]);
  expect(buffersOf({ kind: 'state', value: { state: 'paused', step: 1 } })).toEqual([]);
});
