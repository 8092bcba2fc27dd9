import { frameAt } from '../../session/frames/frameAt';
import { useFrames } from '../lab';

/** The step of the frame that is replayed; null while the present is shown, and while frames of a kept run are. */
export function useCursor(): number | null {
  return useFrames(({ step, track, opened }) =>
    step === null || opened !== null ? null : (frameAt(track, step)?.step ?? null),
  );
}
