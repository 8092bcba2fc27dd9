import { z } from '../zod';
import { type DATASET_CHOICES, PAPERS_PRESETS, type PRESET_NAMES } from './names';

type Preset = (typeof PRESET_NAMES)[number];
type Dataset = (typeof DATASET_CHOICES)[number];

/** The value of one setting. */
export type Leaf = string | number | boolean;

/** Headings under which the page lists the settings. */
export const FIELD_GROUPS = ['run', 'network', 'heads', 'optimiser', 'augment', 'monitors'] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

export interface FieldOption {
  readonly value: string | number;
  readonly label: string;
}

/** The control that edits a setting; its limits and options are taken from the schema. */
export type FieldControl =
  | { readonly kind: 'switch' }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly integer?: true;
    }
  | { readonly kind: 'choice'; readonly options: readonly FieldOption[] };

/** What the page shows of a setting. */
export interface SettingWords {
  readonly group: FieldGroup;
  readonly label: string;
  readonly help: string;
  readonly control: FieldControl;
  /**
   * The place in the paper (arXiv 2011.10566), or in the named paper of the method, that gives the value in the `paper` preset;
   * null for settings that no paper has.
   */
  readonly source: string | null;
  /** Whether it may change while a run trains. */
  readonly live: boolean;
}

/** One setting of a run: its valid values, its texts on the page and its defaults. */
export interface Setting<Schema extends z.ZodType<Leaf> = z.ZodType<Leaf>, Live extends boolean = boolean>
  extends SettingWords {
  readonly schema: Schema;
  readonly live: Live;
  /** Its default in the preset `small`; an option also has this value under methods without it. */
  readonly value: z.infer<Schema>;
  /** The value that corresponds to what runs did before this setting existed: its default in older versions. */
  readonly formerly?: z.infer<Schema>;
  /** The setting of the same group before which the page lists this one; by default in the order of declaration. */
  readonly shownBefore?: string;
  /** Its default for a preset and a data set. The paper's presets have its value for every data set. */
  valueIn(preset: Preset, dataset: Dataset): z.infer<Schema>;
}

/** What a control needs besides the schema: labels for a choice, and a step for a number that is not an integer. */
type ControlWords<V> = [V] extends [boolean]
  ? unknown
  : number extends V
    ? { readonly step?: number }
    : { readonly labels: Readonly<Record<V & (string | number), string>> };

type Declaration<V extends Leaf, Live extends boolean> = Omit<SettingWords, 'group' | 'control' | 'live'> & {
  readonly value: V;
  /** Defaults of presets that differ from `small`. */
  readonly inPreset?: Readonly<Partial<Record<Preset, V>>>;
  /** Defaults of data sets that differ, under every preset. */
  readonly forDataset?: Readonly<Partial<Record<Dataset, V>>>;
  /** For a data set, the default as a function of the preset's value. */
  readonly onDataset?: Readonly<Partial<Record<Dataset, (value: V) => V>>>;
  readonly formerly?: V;
  readonly shownBefore?: string;
  readonly live?: Live;
} & ControlWords<V>;

/**
 * Declares a setting. Its position in the tree of settings is its path.
 * @throws Error when the schema of a number has no limits or step, or when the kind of schema has no control
 */
export function setting<Schema extends z.ZodType<Leaf>, Live extends boolean = false>(
  group: FieldGroup,
  schema: Schema,
  declaration: Declaration<NoInfer<z.infer<Schema>>, Live>,
): Setting<Schema, Live> {
  const { label, help, source, value, inPreset, forDataset, onDataset, formerly, shownBefore, live } = declaration;
  return {
    group,
    schema,
    label,
    help,
    source,
    value,
    control: controlOf(schema, declaration),
    live: (live ?? false) as Live,
    ...(formerly === undefined ? {} : { formerly }),
    ...(shownBefore === undefined ? {} : { shownBefore }),
    valueIn(preset, dataset) {
      const own = forDataset?.[dataset] ?? inPreset?.[preset] ?? value;
      return PAPERS_PRESETS.includes(preset) ? own : (onDataset?.[dataset]?.(own) ?? own);
    },
  };
}

interface Hints {
  readonly label: string;
  readonly step?: number;
  readonly labels?: Readonly<Record<string | number, string>>;
}

function controlOf(schema: z.ZodType, hints: Hints): FieldControl {
  const { label, labels = {} } = hints;
  if (schema instanceof z.ZodBoolean) return { kind: 'switch' };
  if (schema instanceof z.ZodNumber) {
    const { minValue: min, maxValue: max, isInt } = schema;
    const step = hints.step ?? (isInt ? 1 : null);
    if (min === null || max === null || step === null) throw new Error(`${label}: a number needs min, max and step.`);
    return isInt ? { kind: 'number', min, max, step, integer: true } : { kind: 'number', min, max, step };
  }
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) {
    const values = [...(schema instanceof z.ZodEnum ? schema.options : schema.values)] as (string | number)[];
    return { kind: 'choice', options: values.map((value) => ({ value, label: labels[value] ?? String(value) })) };
  }
  throw new Error(`${label}: no control for such a schema.`);
}
