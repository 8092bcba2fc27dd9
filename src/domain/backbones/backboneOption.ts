import type { z } from 'zod';
import type { FieldWords } from '../field';

type Leaf = string | number | boolean;

/** A setting that only some backbones have. It is fixed for a run. */
export interface BackboneOption<Schema extends z.ZodType<Leaf> = z.ZodType<Leaf>> extends FieldWords {
  readonly group: 'network';
  readonly schema: Schema;
  /** Its value where a preset says no other, and on backbones that do not have it. */
  readonly initial: z.infer<Schema>;
}

export type BackboneOptions = Readonly<Record<string, BackboneOption>>;

/** The values of a backbone's options. */
export type BackboneOptionValues<O extends BackboneOptions> = { [K in keyof O]: z.infer<O[K]['schema']> };

export function backboneOption<Schema extends z.ZodType<Leaf>>(
  schema: Schema,
  words: Omit<FieldWords, 'group'> & { readonly initial: NoInfer<z.infer<Schema>> },
): BackboneOption<Schema> {
  return { group: 'network', ...words, schema };
}
