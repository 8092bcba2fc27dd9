import { between } from '../sphere/glide';
import { pointsOf } from '../sphere/points';
import { paintStill, STILL, type StillMoment, type StillSubject } from './paintStill';
import { stillCanvas } from './savedPicture';

const FRAMES_PER_SECOND = 30;
/** Pictures from one frame of the run to the next: a film of 200 frames lasts 27 s. */
const PICTURES_PER_FRAME = 4;
/** How long the last frame stays, in pictures. */
const LAST_PICTURES = 45;
const BITRATE = 4e6;
/** H.264, Main profile, level 4.0: up to 2,048 x 1,024 pixels at 30 a second. */
const CODEC = 'avc1.4d0028';

/** Whether this browser can encode the film. Asked only when it is wanted: one browser's engine crashes at the question. */
export async function canFilm(): Promise<boolean> {
  if (typeof VideoEncoder === 'undefined') return false;
  try {
    const config = { codec: CODEC, width: STILL.width, height: STILL.height, bitrate: BITRATE };
    return (await VideoEncoder.isConfigSupported(config)).supported === true;
  } catch {
    return false;
  }
}

/** How a film is made. */
export interface FilmOptions {
  /** Called with the share that is done, in [0, 1]. */
  onProgress(share: number): void;
  readonly signal: AbortSignal;
}

/**
 * The frames of a run as a film, H.264 in MP4, the images gliding from each to the next.
 * @returns null where it was cancelled
 * @throws Error (rejection) where the browser cannot encode it
 */
export async function filmOf(
  subject: StillSubject,
  moments: readonly StillMoment[],
  { onProgress, signal }: FilmOptions,
): Promise<Blob | null> {
  const { BufferTarget, CanvasSource, Mp4OutputFormat, Output } = await import('mediabunny');
  const { canvas, context } = stillCanvas(1);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new CanvasSource(canvas, { codec: 'avc', fullCodecString: CODEC, bitrate: BITRATE });
  output.addVideoTrack(source, { frameRate: FRAMES_PER_SECOND });
  await output.start();
  let pictures = 0;
  const add = async (moment: StillMoment) => {
    paintStill(context, subject, moment);
    await source.add(pictures / FRAMES_PER_SECOND, 1 / FRAMES_PER_SECOND);
    pictures += 1;
    // Leaves the main thread, so that the page stays usable and can cancel.
    await new Promise((resolve) => setTimeout(resolve));
  };
  const [first] = moments;
  let from = first === undefined ? new Float32Array(0) : pointsIn(first, subject);
  for (const [i, moment] of moments.entries()) {
    const to = pointsIn(moment, subject);
    for (let picture = 1; picture <= PICTURES_PER_FRAME; picture++) {
      if (signal.aborted) {
        await output.cancel();
        return null;
      }
      const points = new Float32Array(to.length);
      between(from, to, picture / PICTURES_PER_FRAME, points);
      await add({ ...moment, points });
    }
    from = to;
    onProgress((i + 1) / moments.length);
  }
  const last = moments.at(-1);
  for (let picture = 0; last !== undefined && picture < LAST_PICTURES && !signal.aborted; picture++) await add(last);
  if (signal.aborted) {
    await output.cancel();
    return null;
  }
  await output.finalize();
  if (target.buffer === null) throw new Error('This browser could not encode the film.');
  return new Blob([target.buffer], { type: 'video/mp4' });
}

function pointsIn({ frame }: StillMoment, { reading }: StillSubject): Float32Array {
  return pointsOf(frame[reading]?.points ?? new Uint16Array(0));
}
