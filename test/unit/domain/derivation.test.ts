import { describe, expect, it } from 'vitest';
import {
  areDerivedAlike,
  type Derivation,
  derivationSchema,
  derivedName,
  isSameDerivation,
  orderOf,
} from '../../../src/domain/derivation';
import { packImages, unpackImages } from '../../../src/domain/imageRanges';
import { presetConfig } from '../../../src/domain/presets';
import { decodeShareLink, encodeShareLink } from '../../../src/domain/shareLink';
import { draws } from '../../setup/explored';

const OF = orderOf({ count: 100, names: Array.from({ length: 100 }, (_, i) => `${i}.png`) });
const CHOSEN: Derivation = { from: 'stickers', of: OF, images: packImages([3, 4, 5, 12], 100) };
const LABELLED: Derivation = {
  from: 'stickers',
  of: OF,
  classes: [
    { name: 'red', images: '0-9' },
    { name: 'blue', images: '20.30' },
  ],
};

describe('images as text', () => {
  it('are ranges where these are short, and bits where they are not', () => {
    expect(packImages([3, 4, 5, 12], 100)).toBe('3-5.12');
    const draw = draws(3);
    const scattered = Array.from({ length: 1003 }, (_, i) => i).filter(() => draw() < 0.4);
    const text = packImages(scattered, 1003);
    expect(text).toMatch(/^\*[\w-]+$/);
    expect(text.length).toBeLessThan(180);
    expect(unpackImages(text, 1003)).toEqual(scattered);
    expect(new URLSearchParams({ chosen: text }).toString()).toBe(`chosen=${text}`);
  });

  it('are refused where they are damaged, or for another number of images', () => {
    const bits = packImages([0, 2, 4, 6, 8, 10, 12, 14], 15);
    expect(bits).toBe('*VVU');
    expect(unpackImages(bits, 15)).toEqual([0, 2, 4, 6, 8, 10, 12, 14]);
    for (const count of [14, 8, 17]) expect(unpackImages(bits, count), `${count}`).toBeNull();
    for (const text of ['', '*', '*!', '*AAA', '3-1', '0-15', '1.1']) expect(unpackImages(text, 15), text).toBeNull();
  });
});

describe('a derivation', () => {
  it('names the data set by what was done', () => {
    expect(derivedName(CHOSEN)).toBe('stickers, 4 chosen');
    expect(derivedName(LABELLED)).toBe('stickers, 2 own classes');
    expect(derivedName({ ...LABELLED, images: '0-49' })).toBe('stickers, 50 chosen, 2 own classes');
  });

  it('is told from others of the same count', () => {
    expect(areDerivedAlike(CHOSEN, { ...CHOSEN, images: '3-5.13' })).toBe(false);
    expect(areDerivedAlike(CHOSEN, { ...CHOSEN, of: '100-1' })).toBe(false);
    expect(areDerivedAlike(CHOSEN, undefined)).toBe(false);
    expect(areDerivedAlike(null, undefined)).toBe(true);
    const renamed = { ...LABELLED, classes: LABELLED.classes?.map((own, i) => ({ ...own, name: `class ${i + 1}` })) };
    expect(areDerivedAlike(LABELLED, renamed)).toBe(true);
    expect(isSameDerivation(LABELLED, renamed)).toBe(false);
    expect(isSameDerivation(LABELLED, { ...LABELLED })).toBe(true);
  });

  it('is refused from a storage where it cannot be carried out', () => {
    expect(derivationSchema.safeParse(CHOSEN).data).toEqual(CHOSEN);
    expect(derivationSchema.safeParse(LABELLED).data).toEqual(LABELLED);
    const twice = [
      { name: 'a', images: '0-3' },
      { name: 'b', images: '3' },
    ];
    for (const bad of [
      { ...CHOSEN, images: '3-100' },
      { ...CHOSEN, of: '9' },
      { ...LABELLED, classes: twice },
      { ...LABELLED, classes: [] },
    ]) {
      expect(derivationSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });
});

describe('a link', () => {
  const config = presetConfig('tiny', 'fashion-mnist');
  const shared = (derivation?: Derivation) => encodeShareLink({ config, changes: [], folder: null, derivation });

  it('holds the images and the classes, but not the names of these', () => {
    const link = shared({ ...LABELLED, images: '0-49' });
    expect(link).toContain(`&whole=${OF}&chosen=0-49&labels=0-9&labels=20.30`);
    expect(link).not.toContain('red');
    const { run, notices } = decodeShareLink(link);
    expect(notices).toEqual([]);
    expect(run.derivation).toEqual({
      from: 'Fashion-MNIST',
      of: OF,
      images: '0-49',
      classes: [
        { name: 'class 1', images: '0-9' },
        { name: 'class 2', images: '20.30' },
      ],
    });
    expect(run.config).toEqual(config);
  });

  it('is what it was before where all images are used', () => {
    expect(decodeShareLink(shared()).run).toEqual({ config, changes: [], folder: null });
  });

  it('of a folder names the whole', () => {
    const folder = { name: 'cats', count: 100, fingerprint: 'f00' };
    const link = encodeShareLink({ config: presetConfig('tiny', 'folder'), changes: [], folder, derivation: CHOSEN });
    expect(decodeShareLink(link).run).toMatchObject({ folder, derivation: { ...CHOSEN, from: 'cats' } });
  });

  it.each(['whole=100-zz&chosen=1-4', 'chosen=1-4', 'whole=100-ab&chosen=99-100', 'whole=100-ab&labels=1-4&labels=4'])(
    'says that “%s” cannot be read',
    (part) => {
      const { run, notices } = decodeShareLink(`${shared()}&${part}`);
      expect(run.derivation).toBeUndefined();
      expect(notices).toEqual([expect.stringContaining('choice of images could not be read')]);
    },
  );
});
