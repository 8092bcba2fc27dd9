import { viewOf } from './dimensions';
import { pngChunks } from './png';
import {
  BT2020_PRIMARIES,
  type ColorCoding,
  matrixOfPrimaries,
  P3_PRIMARIES,
  type Primaries,
  SRGB_PRIMARIES,
} from './toSrgb';

/** gAMA is stored times this. */
const SCALE = 100_000;
const SRGB_EXPONENT = 2.2;
const EXPONENT_TOLERANCE = 0.05;

/** Code points of ITU-T H.273 for primaries, and for the curve of sRGB. */
const CICP_PRIMARIES: Readonly<Record<number, Primaries>> = {
  1: SRGB_PRIMARIES,
  9: BT2020_PRIMARIES,
  12: P3_PRIMARIES,
};
const CICP_SRGB_CURVE = 13;

/**
 * How a PNG says that its colours are coded (PNG specification, section 11.3.2): by cICP, else iCCP or sRGB, else gAMA and cHRM. Null where
 * they are sRGB, where a profile says it, which decoders read, and where the chunks make no sense.
 */
export function pngColorCoding(bytes: Uint8Array): ColorCoding | null {
  const chunks = new Map<string, DataView>();
  for (const { type, data } of pngChunks(bytes)) {
    if (type === 'IDAT') break;
    chunks.set(type, viewOf(data));
  }
  const coded = chunks.get('cICP');
  if (coded !== undefined && coded.byteLength === 4) {
    const primaries = CICP_PRIMARIES[coded.getUint8(0)];
    if (primaries === undefined || coded.getUint8(1) !== CICP_SRGB_CURVE) return null;
    return codingOf(primaries, 'srgb');
  }
  const gamma = chunks.get('gAMA');
  if (gamma?.byteLength !== 4 || chunks.has('iCCP') || chunks.has('sRGB')) return null;
  const value = gamma.getUint32(0);
  if (value === 0) return null;
  const chroma = chunks.get('cHRM');
  if (chroma?.byteLength === 32) return codingOf(primariesIn(chroma), SCALE / value);
  // Without primaries, browsers take an exponent near 2.2 for sRGB's own curve, as libpng does.
  const isSrgb = Math.abs((SRGB_EXPONENT * value) / SCALE - 1) <= EXPONENT_TOLERANCE;
  return isSrgb ? null : codingOf(SRGB_PRIMARIES, SCALE / value);
}

function codingOf(primaries: Primaries, exponent: ColorCoding['exponent']): ColorCoding | null {
  const toLinearSrgb = matrixOfPrimaries(primaries);
  return toLinearSrgb && { exponent, toLinearSrgb };
}

function primariesIn(chroma: DataView): Primaries {
  const at = (i: number) => chroma.getUint32(i * 4) / SCALE;
  return [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
}
