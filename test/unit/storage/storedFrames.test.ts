import { describe, expect, it } from 'vitest';
import { parseFrames, storedFrames } from '../../../src/storage/storedFrames';
import { frameTrack } from '../../setup/frames';

const track = frameTrack(20, [0, 25, 50]);
const stored = (value: unknown) => structuredClone(value);

describe('kept frames', () => {
  it('are read as they were written', () => {
    expect(parseFrames(stored(storedFrames(track)))).toEqual(track);
  });

  it('may lack a predictor, from the start or from a change in flight on', () => {
    for (const from of [0, 1]) {
      const without = { ...track, frames: track.frames.map((frame, i) => (i >= from ? { ...frame, p: null } : frame)) };
      expect(parseFrames(stored(storedFrames(without)))).toEqual(without);
    }
  });

  const good = storedFrames(track);
  it.each([
    ['nothing', undefined],
    ['no object', 'frames'],
    ['a later version', { ...good, version: 2 }],
    ['no images', { ...good, indices: new Uint32Array(0), labels: new Int16Array(0) }],
    ['no frames', storedFrames({ ...track, frames: [] })],
    ['labels of other images', { ...good, labels: new Int16Array(3) }],
    ['steps that fall', { ...good, steps: Uint32Array.of(0, 50, 25) }],
    ['fewer steps', { ...good, steps: Uint32Array.of(0, 25) }],
    ['no clouds', { ...good, clouds: {} }],
    ['cut points', { ...good, clouds: { ...good.clouds, z: { ...good.clouds.z, points: new Uint16Array(7) } } }],
    ['points of another type', { ...good, clouds: { ...good.clouds, z: { ...good.clouds.z, points: [1, 2, 3] } } }],
    [
      'numbers that are none',
      { ...good, clouds: { ...good.clouds, p: { ...good.clouds.p, numbers: new Float32Array(9).fill(Number.NaN) } } },
    ],
    [
      'a frame without z',
      { ...good, clouds: { ...good.clouds, z: { ...good.clouds.z, present: Uint8Array.of(1, 0, 1) } } },
    ],
    ['no dimensions', { ...good, dimensions: { z: 3 } }],
  ])('are not read from %s', (_, value) => {
    expect(parseFrames(value)).toBeNull();
  });
});
