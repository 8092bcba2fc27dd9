import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it } from 'vitest';
import { SERIES_NAMES } from '../../../src/domain/measurement';
import { CURRENT_VERSION } from '../../../src/domain/versions/registry';
import { CheckpointDatabase } from '../../../src/storage/checkpointDatabase';
import { RunDatabase } from '../../../src/storage/runDatabase';
import { storedFrames } from '../../../src/storage/storedFrames';
import { UPGRADE_STEPS, type UpgradeStep } from '../../../src/storage/upgrades';
import { frameTrack } from '../../setup/frames';
import { runPointer } from '../../setup/runPointer';

type StoredCurves = Record<string, { steps: number[]; values: number[] }>;
interface StoredRun {
  readonly version: number;
  readonly config: unknown;
  readonly dataset: { readonly sample: string | null };
}

/** A database as written when records were of version 1: seven runs of five methods. */
const written: { version: number; runs: [string, StoredRun][]; curves: [string, StoredCurves][] } = JSON.parse(
  readFileSync(new URL('../../fixtures/databaseOfVersion1.json', import.meta.url), 'utf8'),
);

const typed = (curves: StoredCurves) =>
  Object.fromEntries(
    Object.entries(curves).map(([name, { steps, values }]) => [
      name,
      { steps: Float64Array.from(steps), values: Float64Array.from(values) },
    ]),
  );

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  const db = await openDB('simsiam-lab', written.version, {
    upgrade(database) {
      database.createObjectStore('runs');
      database.createObjectStore('curves');
    },
  });
  for (const [key, run] of written.runs) await db.put('runs', run, key);
  for (const [key, curves] of written.curves) await db.put('curves', typed(curves), key);
  db.close();
});

/** Expects that all of the fixture can be read as it was written. */
async function expectEverything(database: RunDatabase): Promise<void> {
  const { runs, unreadable } = await database.list();
  expect(unreadable).toBe(0);
  expect(runs).toMatchObject(
    written.runs.map(([, run]) => ({
      ...run,
      version: CURRENT_VERSION,
      config: { ...(run.config as object), sample: 1, holdOut: 'images' },
    })),
  );
  for (const [key, curves] of written.curves) expect(await database.curves(key), key).toEqual(typed(curves));
}

describe('a database of version 2', () => {
  it('keeps its runs and frames when it gets a place for checkpoints', async () => {
    const before = new RunDatabase(undefined, UPGRADE_STEPS.slice(0, 2));
    const [run] = (await before.list()).runs;
    const frames = frameTrack(4, [0, 25]);
    before.close();
    const db = await openDB('simsiam-lab');
    await db.put('frames', storedFrames(frames), run!.id);
    db.close();
    const database = new RunDatabase();
    await expectEverything(database);
    expect(await database.frames(run!.id)).toEqual(frames);
    expect(await new CheckpointDatabase().bytes()).toBe(0);
  });
});

describe('a database of version 1', () => {
  it('holds runs of several methods, with curves', () => {
    const methods = written.runs.map(([, { config }]) => (config as { method: string }).method);
    expect(new Set(methods).size).toBe(5);
    expect(
      written.curves.every(([, curves]) => Object.keys(curves).every((name) => SERIES_NAMES.includes(name as never))),
    ).toBe(true);
    expect(written.runs.every(([, { version }]) => version === 1)).toBe(true);
  });

  it('is opened by this page with every run and curve', async () => {
    await expectEverything(new RunDatabase());
  });

  it('keeps its runs when a later version adds an upgrade step, and a new database gets all steps', async () => {
    const steps: UpgradeStep[] = [
      ...UPGRADE_STEPS,
      (database) => (database as unknown as IDBDatabase).createObjectStore('images'),
    ];
    const upgraded = new RunDatabase(undefined, steps);
    await expectEverything(upgraded);
    upgraded.close();
    const db = await openDB('simsiam-lab');
    expect([db.version, [...db.objectStoreNames]]).toEqual([
      UPGRADE_STEPS.length + 1,
      ['checkpoints', 'curves', 'frames', 'imageFiles', 'images', 'keptImages', 'pointers', 'runs'],
    ]);
    db.close();

    globalThis.indexedDB = new IDBFactory();
    const fresh = new RunDatabase(undefined, steps);
    expect(await fresh.list()).toEqual({ runs: [], unreadable: 0 });
  });

  it('gets a place for frames, and runs without any', async () => {
    const database = new RunDatabase();
    const [[id]] = written.runs;
    expect(await database.frames(id)).toBeNull();
    const [run] = (await database.list()).runs;
    const frames = frameTrack(4, [0, 25]);
    await database.save(run!, {}, { isNew: false, frames });
    expect(await database.frames(run!.id)).toEqual(frames);
  });

  it('gets a place for checkpoints, and runs without any', async () => {
    await new RunDatabase().list();
    const checkpoints = new CheckpointDatabase();
    expect(await checkpoints.pointers()).toEqual({ pointers: [], unreadable: 0 });
    const pointer = runPointer();
    await checkpoints.put(pointer, { isNew: true, checkpoint: { step: 64, file: Uint8Array.of(1) } });
    expect(await checkpoints.pointer(pointer.id)).toEqual(pointer);
  });

  it('is written as the current version when a run is renamed', async () => {
    const database = new RunDatabase();
    const [[id, run]] = written.runs;
    await database.rename(id, 'renamed');
    database.close();
    const db = await openDB('simsiam-lab');
    expect(await db.get('runs', id)).toMatchObject({ version: CURRENT_VERSION, name: 'renamed', config: run.config });
    db.close();
  });
});
