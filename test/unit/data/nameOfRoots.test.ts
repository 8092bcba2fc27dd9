import { expect, test } from 'vitest';
import { nameOfRoots } from '../../../src/data/nameOfRoots';

const folder = (name: string) => ({ name, isFolder: true });
const file = (name: string) => ({ name, isFolder: false });

test.each([
  [[folder('pets')], 'pets'],
  [[folder('pets.zip')], 'pets.zip'],
  [[file('pets.zip')], 'pets'],
  [[file('one.jpg')], 'one.jpg'],
  [[folder('a'), folder('b'), folder('c')], '3 folders'],
  [[file('a.zip'), file('b.ZIP')], '2 archives'],
  [[file('a.jpg'), file('b.jpg')], '2 files'],
  [[folder('a'), file('b.jpg')], '1 folder and 1 file'],
  [[folder('a'), folder('b'), file('c.zip'), file('d.jpg'), file('e.jpg')], '2 folders, 1 archive and 2 files'],
])('%j', (roots, name) => {
  expect(nameOfRoots(roots)).toBe(name);
});
