import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../scripts/experiment/runRecord';

const ROOT = join(import.meta.dirname, '../..');

/** The smallest run on a folder of images without classes. */
const SMALLEST = [
  '--preset=tiny',
  ...['engine=wasm', 'batchSize=8', 'outputDim=8', 'projectorHidden=8', 'predictorHidden=8', 'probe.every=0'],
  ...['knn.every=0'],
].flatMap((option) => (option.startsWith('--') ? [option] : ['--set', option]));

describe('npm run experiment with a checkpoint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  const images = join(folder, 'images');
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    mkdirSync(images);
    for (let i = 0; i < 24; i++) {
      const background = { r: 10 * i, g: 255 - 9 * i, b: (53 * i) % 256 };
      await sharp({ create: { width: 32, height: 32, channels: 3, background } })
        .png()
        .toFile(join(images, `${i}.png`));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/experiment.ts', ...options], { cwd: ROOT });
  const result = (name: string): RunResult => JSON.parse(readFileSync(at(name), 'utf8'));

  it('stops after 30 of 60 steps and goes on to the series of the uninterrupted run, to the bit', async () => {
    const start = [...SMALLEST, '--dataset', images, '--steps', '60'];
    await run(...start, '--json', at('whole.json'));
    const stopped = await run(
      ...[...start, '--until', '30', '--checkpoint', at('run.safetensors'), '--every', '20'],
      ...['--json', at('first.json')],
    );
    expect(stopped.stdout.match(/checkpoint of step \d+/g)).toEqual(['checkpoint of step 20', 'checkpoint of step 30']);
    await run('--from', at('run.safetensors'), '--dataset', images, '--json', at('rest.json'));

    const [whole, first, rest] = ['whole.json', 'first.json', 'rest.json'].map(result) as [
      RunResult,
      RunResult,
      RunResult,
    ];
    expect(whole.series.step).toHaveLength(60);
    expect(first).toMatchObject({ outcome: 'stopped', steps: 30, config: { totalSteps: 60 } });
    expect(first.series.loss).toEqual(whole.series.loss.slice(0, 30));
    expect(rest).toMatchObject({ outcome: 'finished', steps: 60 });
    expect(rest.series).toEqual(whole.series);
    // Nothing is left beside the checkpoint.
    expect(readdirSync(folder).filter((name) => name.startsWith('run'))).toEqual(['run.safetensors']);

    const refusals: readonly (readonly [options: string[], sentence: string])[] = [
      [['--dataset', images, '--set', 'batchSize=16'], 'which has batchSize=8 and not 16'],
      [[], 'name “images” (24 images) with --dataset'],
    ];
    for (const [options, sentence] of refusals) {
      await expect(run('--from', at('run.safetensors'), ...options)).rejects.toMatchObject({
        stderr: expect.stringContaining(sentence),
      });
    }
    rmSync(join(images, '7.png'));
    await expect(run('--from', at('run.safetensors'), '--dataset', images)).rejects.toMatchObject({
      stderr: expect.stringContaining('there are 23 images in place of 24'),
    });
  });
});
