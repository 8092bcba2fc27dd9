import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate';
import { fromBase64url, toBase64url } from '../base64url';
import { type Lesson, lessonSchema } from './lesson';

/** The longest text of a lesson in a link. Forty steps of long sentences take about 5,000 characters. */
const LONGEST_TEXT = 12_000;
/** The longest lesson as JSON, so that a small text cannot unpack into a large one. */
const LONGEST_JSON = 60_000;
const PIECE = 256;

/** @throws Error where the text is no base64url */
function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64url(text);
  if (bytes === null) throw new Error('it is damaged');
  return bytes;
}

/** @throws Error when the bytes are no deflated data, or unpack into more than `LONGEST_JSON` bytes. */
function unpacked(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const inflate = new Inflate((piece, final) => {
    pieces.push(piece);
    length += piece.length;
    isWhole = final;
  });
  for (let at = 0; at < bytes.length; at += PIECE) {
    inflate.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    if (length > LONGEST_JSON) throw new Error('it is too long');
  }
  if (!isWhole) throw new Error('it is cut off');
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A lesson as the value of the key `lesson` in a link; a link to a lesson that the page ships with has its id instead. */
export function encodeLesson(lesson: Lesson): string {
  return toBase64url(deflateSync(strToU8(JSON.stringify(lesson)), { level: 9 }));
}

/**
 * Reads a lesson from a link.
 * @throws Error whose message continues “The link’s lesson could not be read:”
 */
export function decodeLesson(text: string): Lesson {
  if (text.length > LONGEST_TEXT) throw new Error('it is too long.');
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(unpacked(bytesOf(text))));
  } catch {
    throw new Error('the link is damaged or incomplete. Ask for it again.');
  }
  const parsed = lessonSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}.`);
}
