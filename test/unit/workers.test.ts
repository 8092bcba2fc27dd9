import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');
const MAKES_A_WORKER = /\bnew\s+(?:\w+\s*\.\s*)?(?:Shared)?Worker\b/;

/** Source files below src/, as paths relative to it, with forward slashes. */
function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
}

it('workers are created only in src/session (training), src/data (decoding) and src/worker (threads of the engine)', () => {
  const elsewhere = sourceFiles()
    .filter((path) => !/^(session|data|worker)\//.test(path))
    .filter((path) => MAKES_A_WORKER.test(readFileSync(join(SRC, path), 'utf8')));
  expect(elsewhere).toEqual([]);
});

it.each(['new Worker(url)', 'new Worker\n(url)', 'new globalThis.Worker(url)', 'new SharedWorker(url)'])(
  'knows %j',
  (code) => {
    expect(code).toMatch(MAKES_A_WORKER);
  },
);
