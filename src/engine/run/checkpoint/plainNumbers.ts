/** JSON with the numbers that it lacks: a NaN or an infinite number is written as `{"number": "NaN"}`. */

const NAMES = ['NaN', 'Infinity', '-Infinity'];

/** @param indent spaces by which each level is set off; none by default */
export function stringify(value: unknown, indent = 0): string {
  const named = (_: string, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? { number: String(part) } : part;
  return JSON.stringify(value, named, indent);
}

/** @throws SyntaxError where the text is no JSON */
export function parse(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || !('number' in part)) return part;
    const name = NAMES.find((known) => known === part.number);
    return name === undefined || Object.keys(part).length > 1 ? part : Number(name);
  });
}
