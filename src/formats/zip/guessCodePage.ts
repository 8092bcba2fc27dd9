import { type CodePage, cp437, EAST_ASIAN, type ReadCharacter, readCharacters, windows1252 } from './codePages';
import { COMMON } from './commonCharacters';

/**
 * Costs of characters in bits, roughly the negative logarithm of how often they occur in names in the language of a code page. The page
 * whose reading of all names costs least is taken.
 */
const COST = {
  ascii: 5,
  common: 7.5,
  usual: 12,
  rare: 16,
  strange: 20,
  unreadable: 30,
  /** A letter of Latin script directly beside an East Asian one. */
  changeOfScript: 6,
  /** Two letters beyond ASCII side by side, in a Western language. */
  accentsSideBySide: 3,
  /** An upper-case letter directly after a lower-case one. */
  upperAfterLower: 5,
  /** Not being what the .zip format says, which is code page 437. */
  otherPage: 4,
};

/** Segments of paths that are looked at; many more tell nothing new. */
const MAX_SEGMENTS = 4000;

const LATIN_LETTER = /\p{Script=Latin}/u;
const EAST_ASIAN_LETTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々]/u;
const KANA = /[ぁ-んァ-ヴー]/;
const HALF_WIDTH = /[\uff61-\uff9f]/;
const PUNCTUATION = /[　、。・「」『』（）【】～〜！？：；，－《》“”‘’…—]/;
const FULL_WIDTH = /[\uff10-\uff5a]/;

/** Whether a pair lies in the part of its code page that holds the usual characters: the first level of each standard. */
function isUsual(page: CodePage, { lead, trail }: ReadCharacter): boolean {
  switch (page.name) {
    case 'shift_jis':
      return lead >= 0x88 && lead <= 0x98;
    case 'gbk':
      return lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1;
    case 'big5':
      return lead >= 0xa4 && lead <= 0xc6;
    default:
      return lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1;
  }
}

/** The same for the second level; Korean names have no hanja, which are EUC-KR's. */
function isSecondLevel(page: CodePage, { lead, trail }: ReadCharacter): boolean {
  switch (page.name) {
    case 'shift_jis':
      return lead >= 0x98 && lead <= 0xea;
    case 'gbk':
      return lead >= 0xd8 && lead <= 0xf7 && trail >= 0xa1;
    case 'big5':
      return lead >= 0xc9;
    default:
      return lead < 0xa1 || trail < 0xa1;
  }
}

function eastAsianCost(page: CodePage, character: ReadCharacter): number {
  const text = character.text ?? '';
  if (page.name === 'shift_jis') {
    if (KANA.test(text)) return COST.common;
    if (HALF_WIDTH.test(text)) return COST.ascii + 2;
  }
  if (COMMON[page.name]?.has(text) === true) return COST.common;
  if (PUNCTUATION.test(text) || FULL_WIDTH.test(text)) return COST.usual;
  if (!EAST_ASIAN_LETTER.test(text) || KANA.test(text)) return COST.strange;
  if (isUsual(page, character)) return COST.usual;
  return isSecondLevel(page, character) ? COST.rare : COST.strange;
}

function westernCost(text: string): number {
  if (text === '\u00a0') return COST.strange;
  if (LATIN_LETTER.test(text) && !/[ªºƒⁿ]/.test(text)) {
    if (/[äöüßéèàçêôîâûëïñáíóú]/.test(text)) return COST.common - 1;
    return text === text.toUpperCase() ? COST.common + 1 : COST.common;
  }
  return /[¡¿«»°·’–]/.test(text) ? COST.usual : COST.strange - 2;
}

/** The cost of reading one segment of a path by a code page. */
function costOf(bytes: Uint8Array, page: CodePage): number {
  const isWestern = page === cp437 || page === windows1252;
  let cost = 0;
  let before: string | null = null;
  let wasPlain = true;
  for (const character of readCharacters(bytes, page)) {
    const { text, lead } = character;
    const isPlain = lead < 0x80;
    if (text === null) cost += COST.unreadable;
    else if (isPlain) cost += COST.ascii;
    else cost += isWestern ? westernCost(text) : eastAsianCost(page, character);
    if (text !== null && before !== null) {
      const isLatin = LATIN_LETTER.test(text);
      const wasLatin = LATIN_LETTER.test(before);
      if (isWestern) {
        if (!isPlain && !wasPlain) cost += COST.accentsSideBySide;
        const isUpper = isLatin && text !== text.toLowerCase();
        if (!(isPlain && wasPlain) && isUpper && wasLatin && before !== before.toUpperCase()) {
          cost += COST.upperAfterLower;
        }
      } else if ((isLatin && !wasPlain) || (wasLatin && !isPlain)) cost += COST.changeOfScript;
    }
    before = text;
    wasPlain = isPlain;
  }
  return cost;
}

/** The segments of names that have bytes beyond ASCII, each once. A `/` is never part of a longer character in these code pages. */
function segmentsOf(names: readonly Uint8Array[]): Uint8Array[] {
  const segments = new Map<string, Uint8Array>();
  for (const name of names) {
    for (let start = 0; start < name.length && segments.size < MAX_SEGMENTS; ) {
      const slash = name.indexOf(0x2f, start);
      const end = slash < 0 ? name.length : slash;
      const segment = name.subarray(start, end);
      if (segment.some((byte) => byte >= 0x80)) segments.set(segment.join(), segment);
      start = end + 1;
    }
  }
  return [...segments.values()];
}

/**
 * The code page of names that are neither marked as UTF-8 nor are it: 437, which the .zip format prescribes, Windows-1252, or the one of a
 * Japanese, Chinese or Korean system. It is chosen for all names together, by validity and by how plausible the characters are.
 */
export function guessCodePage(names: readonly Uint8Array[]): CodePage {
  const segments = segmentsOf(names);
  let best: CodePage = cp437;
  let least = Number.POSITIVE_INFINITY;
  for (const page of [cp437, windows1252, ...EAST_ASIAN]) {
    let cost = page === cp437 ? 0 : COST.otherPage;
    for (const segment of segments) cost += costOf(segment, page);
    if (cost < least) {
      best = page;
      least = cost;
    }
  }
  return best;
}
