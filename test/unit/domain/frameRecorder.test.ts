import { describe, expect, it } from 'vitest';
import { FrameRecorder, MOST_BYTES, MOST_FRAMES, mostFrames } from '../../../src/domain/frameRecorder';
import { storedFrames } from '../../../src/storage/storedFrames';
import { frameImages, frameTrack, outputFrame } from '../../setup/frames';

const stepsOf = (recorder: FrameRecorder) => recorder.track().frames.map(({ step }) => step);

/** Bytes of all typed arrays in a stored value. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
}

describe('the frames of a run', () => {
  it('are all kept while there are few', () => {
    const recorder = new FrameRecorder(frameImages(4));
    for (let probe = 0; probe < MOST_FRAMES; probe++) recorder.take(outputFrame(4, 25 * probe));
    expect(stepsOf(recorder)).toEqual(Array.from({ length: MOST_FRAMES }, (_, i) => 25 * i));
  });

  it('are thinned evenly, with the first and the last, after each of 10,000 probes', () => {
    const recorder = new FrameRecorder(frameImages(2));
    for (let probe = 0; probe < 10_000; probe++) {
      const { frames } = recorder.take(outputFrame(2, 5 * probe, 2));
      expect(frames.length).toBeLessThanOrEqual(MOST_FRAMES);
      expect(frames[0]?.step).toBe(0);
      expect(frames.at(-1)?.step).toBe(5 * probe);
      if (probe > MOST_FRAMES) expect(frames.length).toBeGreaterThanOrEqual(MOST_FRAMES / 2);
    }
    const steps = stepsOf(recorder);
    const gaps = new Set(steps.slice(1, -1).map((step, i) => step - steps[i]!));
    expect([...gaps]).toEqual([5 * 64]);
  });

  it('at or before the last step are left out', () => {
    const recorder = new FrameRecorder(frameImages(2));
    for (const step of [0, 25, 25, 10, 50]) recorder.take(outputFrame(2, step, 2));
    expect(stepsOf(recorder)).toEqual([0, 25, 50]);
  });

  it.each([
    [256, 200],
    [500, 200],
    [512, 200],
    [4096, 26],
    [1_000_000, 2],
  ])('of %i images are at most %i', (images, most) => {
    expect(mostFrames(images)).toBe(most);
  });

  it('take at most 2 MB in the storage', () => {
    for (const images of [1, 16, 500, 512, 4096]) {
      const frames = mostFrames(images);
      const one = bytesOf(storedFrames(frameTrack(images, [0])));
      const two = bytesOf(storedFrames(frameTrack(images, [0, 1])));
      const all = one + (frames - 1) * (two - one);
      console.log(`${frames} frames of ${images} images: ${all} bytes`);
      expect(all).toBeLessThanOrEqual(MOST_BYTES);
    }
  });

  it('go on being thinned by another recorder as by one', () => {
    const one = new FrameRecorder(frameImages(2));
    let other = new FrameRecorder(frameImages(2));
    for (let step = 0; step < 1500; step++) {
      one.take(outputFrame(2, step, 1));
      other.take(outputFrame(2, step, 1));
      if (step % 137 === 0) other = new FrameRecorder(frameImages(2), other.recorded(step));
    }
    expect(stepsOf(other)).toEqual(stepsOf(one));
    expect(other.recorded(700)).toEqual(one.recorded(700));
  });
});
