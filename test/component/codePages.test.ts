import { expect, it } from 'vitest';
import expected from '../fixtures/codePageSums.json';
import { codePageSums } from '../setup/codePageSums';

it('the browser reads file names in East Asian code pages as Node does', () => {
  expect(codePageSums()).toEqual(expected);
});
