import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { enableGitHooks } from '../../scripts/bootstrap/gitHooks.mjs';

const root = mkdtempSync(join(tmpdir(), 'git-hooks-'));
afterAll(() => rmSync(root, { recursive: true }));

function checkout(name: string): { folder: string; git: (...args: string[]) => string } {
  const folder = join(root, name);
  mkdirSync(folder);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  git('init', '--quiet');
  return { folder, git };
}

it('an install enables the hooks of a checkout', () => {
  const { folder, git } = checkout('checkout');
  expect(enableGitHooks(folder)).toBe(true);
  expect(git('config', '--local', '--get', 'core.hooksPath')).toBe('.githooks');
});

it('existing hooks are kept', () => {
  const { folder, git } = checkout('own');
  git('config', 'core.hooksPath', 'mine');
  expect(enableGitHooks(folder)).toBe(false);
  expect(git('config', '--get', 'core.hooksPath')).toBe('mine');
});

it('does nothing and does not fail outside a checkout, and inside another checkout', () => {
  const { folder, git } = checkout('other');
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  expect(enableGitHooks(unpacked)).toBe(false);
  expect(() => git('config', '--local', '--get', 'core.hooksPath')).toThrow();
  expect(enableGitHooks(join(root, 'nowhere'))).toBe(false);
});
