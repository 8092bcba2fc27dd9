import type { NearPair, PictureCopies } from '../../domain/exploration';
import { type Work, within } from '../work';
import { type Candidate, findCandidates } from './candidates';
import { type Agreement, agreement, type Laid, lay, type Rows } from './comparePictures';
import { SIDE } from './pictureCopies';

/** What a pair must reach. */
interface Bounds {
  readonly levels: number;
  readonly slopes: number;
  readonly worstBlock: number;
  readonly overlap: number;
  /** The most that its slopes may disagree, as a share of how much those of pictures that look alike do. */
  readonly standsOut: number;
}

/**
 * Fitted on changes of CIFAR-10 and of both samples, of strengths from weak to strong. On CIFAR-10 true and false pairs are far apart: slopes of
 * true ones correlate by 0.91 to 1, those of unlike pictures by less than 0.86.
 */
const WHOLE: Bounds = { levels: 0.97, slopes: 0.88, worstBlock: 0.6, overlap: 0.6, standsOut: 0.33 };
/** A part says less than the whole picture. */
const PART: Bounds = { levels: 0.99, slopes: 0.96, worstBlock: 0.3, overlap: 0.85, standsOut: 0.2 };

/** Scales, and changes of contrast, beyond which two pictures are not laid upon each other. */
const SCALES = [0.7, 1.4] as const;
const CONTRASTS = [0.3, 3] as const;

/** So many pictures that look alike say how much such pictures disagree in this folder. */
const ENOUGH = 5;

const ALL_ROWS: Rows = [0, SIDE];

interface Compared {
  readonly candidate: Candidate;
  readonly whole: Agreement;
  readonly part: Agreement;
  readonly isPlausible: boolean;
}

/**
 * Near duplicates: pictures that were scaled, compressed, brightened, mirrored, cropped by up to some 15 %, or captioned. Pairs that look
 * alike (`findCandidates`) are laid upon each other and compared pixel by pixel. In a folder of things that look alike anyway, such as shirts,
 * a pair must also agree far better than the other pictures which look like it.
 * @param pictures the pictures that are compared; others are left out
 */
export function* nearDuplicates(copies: PictureCopies, pictures: readonly number[]): Work<NearPair[]> {
  const chosen = chosenCopies(copies, pictures);
  const candidates = yield* within(findCandidates(chosen), 0, 0.5);
  const compared: Compared[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const found = compare(chosen, candidate);
    // The description of a symmetric picture is as good as that of its mirror image.
    const other = candidate.isMirrored ? compare(chosen, { ...candidate, isMirrored: false }) : found;
    compared.push(other.part.slopes > found.part.slopes ? other : found);
    yield 0.5 + (0.5 * i) / candidates.length;
  }
  const usual = usualDisagreements(compared, chosen.count);
  return compared.flatMap(({ candidate, whole, part, isPlausible: plausible }): NearPair[] => {
    if (!plausible) return [];
    const most = Math.min(usual[candidate.a], usual[candidate.b]);
    const [a, b] = [pictures[candidate.a], pictures[candidate.b]].sort((x, y) => x - y);
    if (reaches(whole, WHOLE, most)) {
      return [{ a, b, score: whole.slopes, kind: candidate.isMirrored ? 'mirrored' : 'same' }];
    }
    return reaches(part, PART, most) ? [{ a, b, score: part.slopes, kind: 'banded' }] : [];
  });
}

function chosenCopies({ colours, widths, heights }: PictureCopies, pictures: readonly number[]): PictureCopies {
  const length = 3 * SIDE * SIDE;
  const chosen = new Uint8Array(pictures.length * length);
  pictures.forEach((picture, i) => {
    chosen.set(colours.subarray(picture * length, (picture + 1) * length), i * length);
  });
  return {
    count: pictures.length,
    colours: chosen,
    widths: pictures.map((picture) => widths[picture]),
    heights: pictures.map((picture) => heights[picture]),
  };
}

function compare(copies: PictureCopies, candidate: Candidate): Compared {
  const rows = rowsOf(candidate);
  const laid = lay(copies, candidate, rows);
  const part = agreement(laid, rows);
  if (rows[0] === 0 && rows[1] === SIDE) return { candidate, whole: part, part, isPlausible: isPlausible(laid) };
  // Laid by some of its rows, a picture that has all of them may lie a little off in the others.
  const all = lay(copies, candidate, ALL_ROWS);
  const [byRows, byAll] = [agreement(laid, ALL_ROWS), agreement(all, ALL_ROWS)];
  const whole = byAll.slopes > byRows.slopes && isPlausible(all) ? byAll : byRows;
  return { candidate, whole, part, isPlausible: isPlausible(laid) };
}

/** The rows that a candidate's description covers. */
function rowsOf({ to }: Candidate): Rows {
  return [Math.ceil(to.top * SIDE), Math.floor(to.bottom * SIDE)];
}

function isPlausible({ alignment: { width, height, contrast } }: Laid): boolean {
  const isWithin = (value: number, [least, most]: readonly [number, number]) => value >= least && value <= most;
  return isWithin(width, SCALES) && isWithin(height, SCALES) && isWithin(contrast, CONTRASTS);
}

/** How much the slopes of each picture and of those that look like it usually disagree: the median; infinite where few look like it. */
function usualDisagreements(compared: readonly Compared[], count: number): Float64Array {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const { candidate, part } of compared) {
    lists[candidate.a].push(1 - part.slopes);
    lists[candidate.b].push(1 - part.slopes);
  }
  return Float64Array.from(lists, (list) =>
    list.length < ENOUGH ? Number.POSITIVE_INFINITY : list.sort((x, y) => x - y)[list.length >> 1],
  );
}

function reaches({ levels, slopes, worstBlock, overlap }: Agreement, bounds: Bounds, usual: number): boolean {
  return (
    levels >= bounds.levels &&
    slopes >= bounds.slopes &&
    worstBlock <= bounds.worstBlock &&
    overlap >= bounds.overlap &&
    1 - slopes <= bounds.standsOut * usual
  );
}
