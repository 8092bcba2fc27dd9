import { spells, viewOf } from './dimensions';
import { type ColorCoding, matrixOfProfile, type Vector } from './toSrgb';

const TAGS_AT = 128;

/** Offset of the data of a tag; null when the profile lacks it. */
function tagAt(profile: Uint8Array, name: string): number | null {
  const view = viewOf(profile);
  const count = view.getUint32(TAGS_AT);
  for (let i = 0; i < count; i++) {
    const at = TAGS_AT + 4 + i * 12;
    if (spells(profile, at, name)) return view.getUint32(at + 4);
  }
  return null;
}

/**
 * How an ICC profile of the kind "matrix and curves" codes colours (ICC.1, section 8.3); null for every other kind. A curve that is no plain
 * exponent is taken as sRGB's, which is that of Display P3.
 * @throws RangeError when the profile ends too early.
 */
export function iccColorCoding(profile: Uint8Array): ColorCoding | null {
  const view = viewOf(profile);
  const fixed = (at: number) => view.getInt32(at) / 65_536;
  const colors: Vector[] = [];
  for (const name of ['rXYZ', 'gXYZ', 'bXYZ']) {
    const at = tagAt(profile, name);
    if (at !== null) colors.push([fixed(at + 8), fixed(at + 12), fixed(at + 16)]);
  }
  const [red, green, blue] = colors;
  const curve = tagAt(profile, 'rTRC');
  if (blue === undefined || curve === null) return null;
  const isExponent = spells(profile, curve, 'curv') && view.getUint32(curve + 8) === 1;
  const toLinearSrgb = matrixOfProfile(red, green, blue);
  return toLinearSrgb && { exponent: isExponent ? view.getUint16(curve + 12) / 256 : 'srgb', toLinearSrgb };
}
