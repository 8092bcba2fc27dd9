import emojis from 'emojibase-data/en/data.json' with { type: 'json' };
import meta from 'emojibase-data/meta/groups.json' with { type: 'json' };

export interface EmojiName {
  /** Unicode's short name, e.g. "waving hand: light skin tone". */
  readonly label: string;
  /** Place in Unicode's order. */
  readonly order: number;
  /** Unicode's group, e.g. "people-body"; null for the few that have none. */
  readonly group: string | null;
  /** Key that all variants in skin tone, gender and direction share. */
  readonly base: string;
}

type CodePoints = readonly number[];

const JOINER = 0x200d;
const EMOJI_STYLE = 0xfe0f;
const CLOSING_TAG = 0xe007f;
const FEMALE = 0x2640;
const MALE = 0x2642;
const RIGHT_ARROW = 0x27a1;
const FIRST_SKIN_TONE = 0x1f3fb;
const LAST_SKIN_TONE = 0x1f3ff;
const PERSON = 0x1f9d1;

/** Code points that are the man's or woman's form of another one. */
const NEUTRAL = new Map<number, CodePoints>([
  [0x1f468, [PERSON]], // man
  [0x1f469, [PERSON]], // woman
  [0x1f466, [0x1f9d2]], // boy: child
  [0x1f467, [0x1f9d2]], // girl: child
  [0x1f474, [0x1f9d3]], // old man: older person
  [0x1f475, [0x1f9d3]], // old woman: older person
  [0x1f934, [0x1fac5]], // prince: person with crown
  [0x1f478, [0x1fac5]], // princess: person with crown
  [0x1f57a, [0x1f483]], // man dancing: woman dancing
  [0x1f385, [PERSON, 0x1f384]], // Santa Claus: mx claus
  [0x1f936, [PERSON, 0x1f384]], // Mrs. Claus: mx claus
  [0x1f930, [0x1fac4]], // pregnant woman: pregnant person
  [0x1fac3, [0x1fac4]], // pregnant man: pregnant person
  [0x1f46b, [PERSON, 0x1f91d, PERSON]], // woman and man holding hands
  [0x1f46c, [PERSON, 0x1f91d, PERSON]], // men holding hands
  [0x1f46d, [PERSON, 0x1f91d, PERSON]], // women holding hands
]);

/** Joined pairs of people that also exist as one code point. */
const COUPLES = new Map([
  [[PERSON, 0x2764, PERSON].join(), [0x1f491].join()], // couple with heart
  [[PERSON, 0x2764, 0x1f48b, PERSON].join(), [0x1f48f].join()], // kiss
  [[0x1faf1, 0x1faf2].join(), [0x1f91d].join()], // handshake
]);

function isVariation(codePoint: number): boolean {
  return (
    [JOINER, EMOJI_STYLE, FEMALE, MALE, RIGHT_ARROW].includes(codePoint) ||
    (codePoint >= FIRST_SKIN_TONE && codePoint <= LAST_SKIN_TONE)
  );
}

/** Code points of a file name or hexcode: `1F44B-1F3FB`, in some files with `_` and without leading zeros. */
function codePointsOf(hexcode: string): number[] {
  return hexcode.split(/[-_]/).map((part) => Number.parseInt(part, 16));
}

function baseOf(codePoints: CodePoints): string {
  const kept = codePoints.filter((codePoint) => !isVariation(codePoint));
  // The signs and skin tones are emoji of their own, too.
  if (kept.length === 0) return codePoints.filter((codePoint) => codePoint !== EMOJI_STYLE).join();
  const neutral = kept.flatMap((codePoint) => NEUTRAL.get(codePoint) ?? [codePoint]).join();
  return COUPLES.get(neutral) ?? neutral;
}

/** The code points without variation selectors and closing tags, which file names and Unicode's list place differently. */
function keyOf(codePoints: CodePoints): string {
  return codePoints.filter((codePoint) => codePoint !== EMOJI_STYLE && codePoint !== CLOSING_TAG).join();
}

const groups: Readonly<Record<string, string>> = meta.groups;

const BY_KEY = new Map(
  emojis
    .flatMap((emoji) => [emoji, ...(emoji.skins ?? [])])
    .map((emoji) => {
      const codePoints = codePointsOf(emoji.hexcode);
      const group = emoji.group === undefined ? null : groups[emoji.group];
      return [keyOf(codePoints), { label: emoji.label, order: emoji.order ?? 0, group, base: baseOf(codePoints) }];
    }),
);

/** The emoji of an image, by its file name without extension. @throws Error when Unicode has no such emoji. */
export function nameEmoji(hexcode: string): EmojiName {
  const known = BY_KEY.get(keyOf(codePointsOf(hexcode)));
  if (known === undefined) throw new Error(`${hexcode}: not in emojibase-data`);
  return known;
}
