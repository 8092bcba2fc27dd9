import { z } from './zod';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const positive = z.number().positive();

/**
 * The weights that a run's backbone began with, as far as its numbers depend on them: which file, and what images are normalised with, by
 * channel of pixel values in [0, 1]. The weights are not part of it.
 */
export interface WarmStart {
  /** The name of the file, for people. */
  readonly name: string;
  /** SHA-256 of the file's bytes, 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly mean: readonly [r: number, g: number, b: number];
  readonly std: readonly [r: number, g: number, b: number];
}

/** A warm start as it is stored. */
export const warmStartSchema = z.object({
  name: z.string().min(1),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  mean: triple,
  std: z.tuple([positive, positive, positive]),
}) satisfies z.ZodType<WarmStart>;

/** Whether two runs began with the same weights and the same normalisation; also where both began with random ones. */
export function beginsAlike(a: WarmStart | null | undefined, b: WarmStart | null | undefined): boolean {
  const key = (start: WarmStart | null | undefined) =>
    start == null ? '' : JSON.stringify([start.fingerprint, start.mean, start.std]);
  return key(a) === key(b);
}
