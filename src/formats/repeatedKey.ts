/** A string, or what opens, closes or divides objects and arrays. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[{}[\]:]/g;

/** The first key that an object of a JSON text has twice; null where there is none. `JSON.parse` takes the last one without a word. */
export function repeatedKey(json: string): string | null {
  const open: Set<string>[] = [];
  let string = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token !== ':') string = token;
    else {
      const key: string = JSON.parse(string);
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
