import { EAST_ASIAN } from '../../src/formats/zip/codePages';

/** How many pairs of bytes each East Asian code page reads, and a sum over all of its characters, which Node and browsers must agree on. */
export function codePageSums(): Record<string, { readonly pairs: number; readonly sum: number }> {
  const sums: Record<string, { pairs: number; sum: number }> = {};
  for (const page of EAST_ASIAN) {
    let pairs = 0;
    let sum = 0;
    for (let lead = 0x80; lead < 0x100; lead++) {
      for (let trail = 0; trail < 0x100; trail++) {
        const character = page.pair(lead, trail);
        if (character === null) continue;
        pairs++;
        sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0) + lead * 256 + trail) >>> 0;
      }
    }
    sums[page.name] = { pairs, sum };
  }
  return sums;
}
