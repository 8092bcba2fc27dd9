import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';

/**
 * Runs a command in the repository's root with its output shown. Resolves with its exit code; 127 when it could not be
 * started, 1 when a signal ended it.
 */
export function run(file, args, { env = process.env, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env, shell });
    child.on('error', (error) => {
      console.error(`${file} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
