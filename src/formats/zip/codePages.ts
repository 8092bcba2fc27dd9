/** The characters of code page 437 from byte 0x80 on. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** The characters of Windows-1252 from byte 0x80 to 0x9f, U+FFFD where there is none; the others are those of Unicode. */
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

/** A code page of file names. Below 0x80 it is ASCII. */
export interface CodePage {
  readonly name: 'cp437' | 'windows-1252' | 'shift_jis' | 'gbk' | 'big5' | 'euc-kr';
  /** The character of a byte of 0x80 or more that stands alone; null where the byte has none or begins a pair. */
  single(byte: number): string | null;
  /** The character of two bytes, the first 0x80 or more; null where they have none. */
  pair(lead: number, trail: number): string | null;
}

function singleByte(name: CodePage['name'], characters: string): CodePage {
  return {
    name,
    single: (byte) => {
      const character = characters[byte - 0x80] ?? '\ufffd';
      return character === '\ufffd' ? null : character;
    },
    pair: () => null,
  };
}

const between = (byte: number, least: number, most: number) => byte >= least && byte <= most;

/**
 * A code page of two bytes a character, by the `TextDecoder` of this name. Browsers and Node decode the pairs that `isUsed` accepts alike;
 * they differ in vendor extensions and after errors, so that pairs are decoded one by one.
 */
function doubleByte(
  name: CodePage['name'],
  label: string,
  isUsed: (lead: number, trail: number) => boolean,
  single: CodePage['single'] = () => null,
): CodePage {
  const decoder = new TextDecoder(label);
  const known = new Map<number, string | null>();
  return {
    name,
    single,
    pair: (lead, trail) => {
      if (!isUsed(lead, trail)) return null;
      const key = lead * 256 + trail;
      let character = known.get(key);
      if (character === undefined) {
        const text = decoder.decode(Uint8Array.of(lead, trail));
        character = [...text].length === 1 && !/[\ufffd\ue000-\uf8ff]/.test(text) ? text : null;
        known.set(key, character);
      }
      return character;
    },
  };
}

export const cp437 = singleByte('cp437', CP437);

/** Not by `TextDecoder`, which some versions of Node let read Windows-1252 as Latin 1. */
export const windows1252 = singleByte(
  'windows-1252',
  WINDOWS_1252 + String.fromCharCode(...Array.from({ length: 96 }, (_, i) => 0xa0 + i)),
);

const shiftJis = doubleByte(
  'shift_jis',
  'shift_jis',
  (lead, trail) =>
    (between(lead, 0x81, 0x9f) || between(lead, 0xe0, 0xfc)) && between(trail, 0x40, 0xfc) && trail !== 0x7f,
  // Katakana of half width.
  (byte) => (between(byte, 0xa1, 0xdf) ? String.fromCharCode(0xff61 + byte - 0xa1) : null),
);

const gbk = doubleByte(
  'gbk',
  // A superset of GBK; for `gbk` Node and browsers differ in about a hundred characters.
  'gb18030',
  (lead, trail) => between(lead, 0x81, 0xfe) && between(trail, 0x40, 0xfe) && trail !== 0x7f,
);

const big5 = doubleByte(
  'big5',
  'big5',
  (lead, trail) =>
    between(lead, 0xa1, 0xf9) &&
    (between(trail, 0x40, 0x7e) || between(trail, 0xa1, 0xfe)) &&
    // Pictures of control characters, and extensions of Hong Kong and of vendors: Node and browsers decode them differently.
    !(lead === 0xa3 && between(trail, 0xc0, 0xe0)) &&
    !(between(lead, 0xc7, 0xc8) || (lead === 0xc6 && trail >= 0xa1) || (lead === 0xf9 && trail >= 0xd6)),
);

const wansung = doubleByte(
  'euc-kr',
  'euc-kr',
  // Without € and ®, which were added later and which Node cannot decode.
  (lead, trail) =>
    between(lead, 0xa1, 0xfe) && between(trail, 0xa1, 0xfe) && !(lead === 0xa2 && between(trail, 0xe6, 0xe7)),
);

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;

/** The syllables that Windows (code page 949) adds to EUC-KR, in their order: those that its rows B0 to C8 lack. Node cannot decode them. */
let addedSyllables: string[] | null = null;

function listAddedSyllables(): string[] {
  const there = new Set<string | null>();
  for (let lead = 0xb0; lead <= 0xc8; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) there.add(wansung.pair(lead, trail));
  }
  const all = Array.from({ length: LAST_SYLLABLE - FIRST_SYLLABLE + 1 }, (_, i) =>
    String.fromCharCode(FIRST_SYLLABLE + i),
  );
  return all.filter((syllable) => !there.has(syllable));
}

/** The number of a byte among the second bytes of added syllables; -1 for other bytes. */
function addedTrail(trail: number): number {
  if (between(trail, 0x41, 0x5a)) return trail - 0x41;
  if (between(trail, 0x61, 0x7a)) return trail - 0x61 + 26;
  return between(trail, 0x81, 0xfe) ? trail - 0x81 + 52 : -1;
}

/** Pairs of a first byte below 0xa1 and of a later one: its second bytes end where those of EUC-KR begin. */
const LONG_ROW = 178;
const SHORT_ROW = 84;

const eucKr: CodePage = {
  name: 'euc-kr',
  single: () => null,
  pair(lead, trail) {
    if (between(lead, 0xa1, 0xfe) && between(trail, 0xa1, 0xfe)) return wansung.pair(lead, trail);
    const column = addedTrail(trail);
    if (column < 0 || !between(lead, 0x81, 0xc6) || (lead >= 0xa1 && column >= SHORT_ROW)) return null;
    addedSyllables ??= listAddedSyllables();
    const before = lead < 0xa1 ? (lead - 0x81) * LONG_ROW : 32 * LONG_ROW + (lead - 0xa1) * SHORT_ROW;
    return addedSyllables[before + column] ?? null;
  },
};

/** The code pages of East Asian systems. */
export const EAST_ASIAN = [shiftJis, gbk, big5, eucKr] as const;

/** A character of a name with the bytes that it was read from; `text` is null where they have no character. */
export interface ReadCharacter {
  readonly text: string | null;
  readonly lead: number;
  /** The second byte; 0 for a character of one byte. */
  readonly trail: number;
}

/** Reads a name character by character; ASCII bytes that belong to a pair are never taken for themselves. */
export function* readCharacters(bytes: Uint8Array, page: CodePage): Generator<ReadCharacter> {
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at];
    if (lead < 0x80) {
      yield { text: String.fromCharCode(lead), lead, trail: 0 };
      continue;
    }
    const single = page.single(lead);
    const pair = single === null && at + 1 < bytes.length ? page.pair(lead, bytes[at + 1]) : null;
    if (pair !== null) yield { text: pair, lead, trail: bytes[++at] };
    else yield { text: single, lead, trail: 0 };
  }
}
