import { expect, it } from 'vitest';
import { csvOf } from '../../../src/formats/csv';
import { fileName } from '../../../src/ui/save/saveFile';

it('quotes cells where necessary and leaves numbers unchanged', () => {
  expect(
    csvOf([
      ['step', 'a, b', 'says "so"', 'two\nlines'],
      [1, -0.25, undefined, 1e-7],
    ]),
  ).toBe('step,"a, b","says ""so""","two\nlines"\r\n1,-0.25,,1e-7\r\n');
});

it('prevents a name from becoming a formula', () => {
  expect(csvOf([['=1+1', '+a', '-b', '@c', 'd=e']])).toBe("'=1+1,'+a,'-b,'@c,d=e\r\n");
});

it('names files by their contents', () => {
  expect(fileName('Loss of SimSiam, cross-entropy', 'svg')).toBe('simsiam-lab-loss-of-simsiam-cross-entropy.svg');
});
