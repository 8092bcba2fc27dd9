/** The most differences of a kind that are listed. */
const LISTED = 5;

/** How the tensors of a file differ from those of a network, one line each. */
export interface Differences {
  /** Tensors that do not differ. */
  readonly fitting: number;
  readonly shapes: readonly string[];
  readonly missing: readonly string[];
  readonly others: readonly string[];
}

const shapeText = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * @param tensors those that were found, by name
 * @param expected shapes by name
 * @param isIgnored whether a tensor that is not expected may be there
 */
export function differences(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  expected: ReadonlyMap<string, readonly number[]>,
  isIgnored: (name: string) => boolean = () => false,
): Differences {
  const shapes: string[] = [];
  const missing: string[] = [];
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (found === undefined) missing.push(`${name}: expected ${shapeText(shape)}, and it is missing`);
    else if (shapeText(found.shape) !== shapeText(shape)) {
      shapes.push(`${name}: expected ${shapeText(shape)}, found ${shapeText(found.shape)}`);
    }
  }
  const others = [...tensors].filter(([name]) => !expected.has(name) && !isIgnored(name));
  return {
    shapes,
    missing,
    fitting: expected.size - shapes.length - missing.length,
    others: others.map(([name, { shape }]) => `${name}: not expected, found ${shapeText(shape)}`),
  };
}

export const countOf = ({ shapes, missing, others }: Differences) => shapes.length + missing.length + others.length;

/** The differences as lines of a sentence that ends in a colon; of each kind the first ones. */
export function listOf({ shapes, missing, others }: Differences): string {
  const lines = [shapes, missing, others].flatMap((all) => [
    ...all.slice(0, LISTED),
    ...(all.length > LISTED ? [`and ${all.length - LISTED} more`] : []),
  ]);
  return lines.map((line) => `  ${line}`).join('\n');
}
