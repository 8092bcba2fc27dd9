import type { z } from 'zod';
import type { FieldWords } from '../field';

type Leaf = string | number | boolean;

/** A setting that only some methods have. */
export interface Option<Schema extends z.ZodType<Leaf> = z.ZodType<Leaf>, Live extends boolean = boolean>
  extends FieldWords {
  readonly group: 'heads' | 'optimiser';
  readonly schema: Schema;
  /** Its value where a method says no other, and on methods that do not have it. */
  readonly initial: z.infer<Schema>;
  /** Whether it may change while a run goes on. */
  readonly live: Live;
}

export type Options = Readonly<Record<string, Option>>;

/** The values of a method's options. */
export type OptionValues<O extends Options> = { [K in keyof O]: z.infer<O[K]['schema']> };

type Words<Schema extends z.ZodType<Leaf>> = Omit<FieldWords, 'group'> & {
  readonly initial: NoInfer<z.infer<Schema>>;
  /** Left out: with the settings of heads and loss. */
  readonly group?: Option['group'];
};

/** An option that is fixed for a run. */
export function option<Schema extends z.ZodType<Leaf>>(schema: Schema, words: Words<Schema>): Option<Schema, false> {
  return { group: 'heads', ...words, schema, live: false };
}

/** An option that may change while a run goes on. */
export function liveOption<Schema extends z.ZodType<Leaf>>(schema: Schema, words: Words<Schema>): Option<Schema, true> {
  return { group: 'heads', ...words, schema, live: true };
}
