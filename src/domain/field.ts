/** Headings under which the page lists the settings. */
export const FIELD_GROUPS = ['run', 'network', 'heads', 'optimiser', 'augment', 'monitors'] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];

export interface FieldOption {
  readonly value: string | number;
  readonly label: string;
}

/** How a setting is edited. `min` and `max` are those of the schema. */
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

/** A setting in words: what the page shows beside its control. */
export interface FieldWords {
  readonly group: FieldGroup;
  readonly label: string;
  readonly help: string;
  readonly control: FieldControl;
  /**
   * Where the paper (arXiv 2011.10566), or the method's own paper where that is named, gives the value that the `paper` preset holds;
   * null for what is this page's own.
   */
  readonly source: string | null;
}

export const toggle = { kind: 'switch' } as const;
export const whole = (min: number, max: number, step = 1) =>
  ({ kind: 'number', min, max, step, integer: true }) as const;
export const real = (min: number, max: number, step: number) => ({ kind: 'number', min, max, step }) as const;
export const choice = (...options: readonly (readonly [value: string | number, label: string])[]): FieldControl => ({
  kind: 'choice',
  options: options.map(([value, label]) => ({ value, label })),
});
