import type { FrameTrack, OutputFrame } from '../../domain/outputFrame';

/**
 * Index of the frame that shows a step: the last one that is not later, else the first; the last of all where the step is null. null where
 * there are no frames.
 */
export function frameIndexAt(track: FrameTrack | null, step: number | null): number | null {
  if (track === null || track.frames.length === 0) return null;
  if (step === null) return track.frames.length - 1;
  return Math.max(
    0,
    track.frames.findLastIndex((frame) => frame.step <= step),
  );
}

/** The frame that shows a step; see `frameIndexAt`. */
export function frameAt(track: FrameTrack | null, step: number | null): OutputFrame | null {
  const index = frameIndexAt(track, step);
  return index === null ? null : (track?.frames[index] ?? null);
}
