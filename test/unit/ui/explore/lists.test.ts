import { describe, expect, it } from 'vitest';
import type { Exploration } from '../../../../src/domain/exploration';
import {
  alikeGroups,
  exactGroups,
  firstLeftOut,
  firstLimits,
  nearGroups,
} from '../../../../src/session/exploring/duplicates';
import { placeAfterKey } from '../../../../src/ui/explore/grid/gridKeys';
import { imagesCsv, pairsCsv, qualityCsv } from '../../../../src/ui/explore/lists/csvRows';
import { histogramOf } from '../../../../src/ui/explore/lists/histogram';
import { colouringsFor, coloursOf, MOST_COLOURS, pointColours } from '../../../../src/ui/explore/map/colours';
import { LIGHT_PALETTE } from '../../../../src/ui/outputs/paint/palette';
import { clustersOfGroups, explorationOf, imagesInGroups } from '../../../setup/explored';

const info = imagesInGroups(40, 4);
const clusters = clustersOfGroups(40, 4);
const exploration = explorationOf(40);
const { graph } = exploration;

describe('colours of the map', () => {
  it('are offered as far as they say something', () => {
    expect(colouringsFor({ info, clusters })).toEqual(['clusters', 'classes', 'outliers', 'split', 'otherClass']);
    const plain = { ...imagesInGroups(40, 4, false), split: new Uint8Array(40) };
    expect(colouringsFor({ info: plain, clusters })).toEqual(['clusters', 'outliers']);
    expect(colouringsFor({ info, clusters: null })).toEqual(['classes', 'split', 'otherClass']);
  });

  it('number every image, with the numbers in the legend', () => {
    for (const by of colouringsFor({ info, clusters })) {
      const { indices, legend } = pointColours(by, { info, graph, clusters });
      expect(indices).toHaveLength(40);
      const colours = coloursOf(by, LIGHT_PALETTE);
      expect(Math.max(...indices)).toBeLessThan(colours.length);
      expect(colours.length).toBeLessThanOrEqual(MOST_COLOURS);
      for (const { colour, count } of legend) {
        expect(count).toBe([...indices].filter((index) => index === colour).length);
      }
    }
  });

  it('are never that of warnings or of the selection', () => {
    for (const by of ['clusters', 'classes', 'outliers', 'split', 'otherClass'] as const) {
      expect(coloursOf(by, LIGHT_PALETTE)).not.toContain(LIGHT_PALETTE.warning);
      expect(coloursOf(by, LIGHT_PALETTE)).not.toContain(LIGHT_PALETTE.accent);
    }
  });

  it('go to the twelve largest classes where there are more, so that none is shared', () => {
    const many = imagesInGroups(300, 30);
    const labels = many.labels!.map((label, i) => (i < 60 ? 29 : label));
    const { indices, legend } = pointColours('classes', {
      info: { ...many, labels },
      graph: explorationOf(300).graph,
      clusters: null,
    });
    const classesOf = (colour: number) =>
      new Set([...indices].flatMap((index, i) => (index === colour ? [labels[i]] : [])));
    for (let colour = 1; colour < MOST_COLOURS; colour++) expect(classesOf(colour).size).toBe(1);
    expect(legend[0]).toMatchObject({ words: 'class 29', count: 70 });
    expect(legend.at(-1)).toMatchObject({ colour: 0, words: 'other classes, or none' });
  });

  it('say whose nearest image has another class', () => {
    // Images 9, 19 and 29 lie before a border, and the last one before the first.
    const { indices } = pointColours('otherClass', { info, graph, clusters });
    expect([...indices].flatMap((index, i) => (index === 2 ? [i] : []))).toEqual([9, 19, 29, 39]);
  });
});

describe('duplicates', () => {
  it('lists leaks first, then the surest', () => {
    expect(nearGroups(exploration).map(({ images }) => images)).toEqual([
      [13, 14],
      [10, 11],
    ]);
    const mixed: Exploration = {
      ...exploration,
      exact: [
        [0, 1],
        [3, 4],
      ],
    };
    expect(exactGroups(mixed, info).map(({ images, isLeak }) => [images[0], isLeak])).toEqual([
      [3, true],
      [0, false],
    ]);
  });

  it('lists alike pairs once, without those that are duplicates for sure', () => {
    const pairs = alikeGroups(exploration, info, 0.7).map(({ images }) => images.join());
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(pairs).toContain('4,5');
    for (const known of ['0,1', '1,2', '0,2', '10,11', '13,14']) expect(pairs).not.toContain(known);
    expect(alikeGroups(exploration, info, 1.01)).toEqual([]);
  });

  it('leaves all but one of equal images without a tick, and of a leak the one for training', () => {
    expect([...firstLeftOut(exploration, info)].sort((a, b) => a - b)).toEqual([1, 2, 11, 13]);
    const chain: Exploration = {
      ...exploration,
      exact: [],
      near: [
        { a: 1, b: 2, score: 1, kind: 'same', isLeak: false },
        { a: 2, b: 3, score: 0.9, kind: 'same', isLeak: false },
      ],
    };
    // 2 is left out already: 3 keeps its tick, since nothing that has one is its duplicate.
    expect([...firstLeftOut(chain, info)]).toEqual([2]);
  });

  it('begins with limits that list some images of any data set', () => {
    const { alike, near } = firstLimits(explorationOf(2000).graph);
    expect(alike).toBeGreaterThan(0.8);
    expect(near).toBeGreaterThanOrEqual(alike);
    expect(near).toBeLessThanOrEqual(1);
    expect(
      firstLimits({ n: 1, k: 0, indices: new Int32Array(0), similarities: new Float32Array(0), isExact: true }),
    ).toEqual({ alike: 1, near: 1 });
  });
});

describe('files', () => {
  const odd = { ...info, names: info.names.map((name, i) => (i === 1 ? 'a, "b"\n.png' : name)) };

  it('have a row for each image with its path as it is', () => {
    const lines = imagesCsv({ info: odd, clusters }, [1, 9], { similarity: () => 0.5 }).split('\r\n');
    expect(lines[0]).toBe('path,class,split,cluster,outlier_score,similarity');
    expect(lines[1]).toContain('"a, ""b""\n.png",class 0,train,1,');
    expect(lines[2]).toBe(`stickers/group-0/image-9.png,class 0,test,,${clusters.outlierScores[9]},0.5`);
  });

  it('say of pairs what is kept', () => {
    const lists = [{ kind: 'near', groups: nearGroups(exploration) }] as const;
    expect(pairsCsv({ info, clusters }, lists, (image) => image !== 13).split('\r\n')[1]).toBe(
      'near,stickers/group-1/image-13.png,stickers/group-1/image-14.png,0.95,same,yes,leave out,keep',
    );
  });

  it('say the kind of quality', () => {
    const [head, first] = qualityCsv({ info, clusters: null }, exploration.quality!).split('\r\n');
    expect(head).toMatch(/,quality,quality_score$/);
    expect(first).toBe('stickers/group-0/image-3.png,class 0,train,,,dark,0.9');
  });
});

it('a histogram counts every value', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? -0.4 : 0.8 + i / 5100));
  const { from, counts } = histogramOf(values, 40);
  expect(from).toBe(0.8);
  expect(counts.reduce((a, b) => a + b)).toBe(1000);
  expect(histogramOf(Float32Array.of(1, 1), 10).counts.at(-1)).toBe(2);
});

it('keys move through a grid, and stay in it', () => {
  const after = (key: string, at: number) => placeAfterKey(key, at, 10, 4, 2);
  expect(after('ArrowRight', 9)).toBe(9);
  expect(after('ArrowLeft', 0)).toBe(0);
  expect(after('ArrowDown', 1)).toBe(5);
  expect(after('ArrowDown', 6)).toBe(6);
  expect(after('ArrowUp', 2)).toBe(2);
  expect(after('PageDown', 1)).toBe(9);
  expect(after('PageUp', 9)).toBe(1);
  expect(after('Home', 7)).toBe(0);
  expect(after('End', 0)).toBe(9);
  expect(after('x', 0)).toBeNull();
});
