import { describe, expect, it } from 'vitest';
import { kernelThreads } from '../../scripts/node/kernelThreads';
import type { EngineInfo } from '../../src/domain/engineInfo';
import { experimentConfigs } from '../../src/domain/experiments/experiment';
import { EXPERIMENTS } from '../../src/domain/experiments/registry';
import { METHOD_NAMES } from '../../src/domain/methods/registry';
import type { RunConfig } from '../../src/domain/runConfig';
import type { EngineOptions } from '../../src/engine/backend/startEngine';
import { memoryTuningCache } from '../../src/engine/kernels/tuning/tuningCache';
import type { TrainerOptions } from '../../src/engine/run/trainer';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines, startTestEngine } from '../setup/engine';
import { expectSameReports, interrupted, trainedOn } from '../setup/resumedRuns';

/** The settings of an experiment's run at the size of a test. */
function reduced({ batchSize, outputDim, queueLength, ...rest }: RunConfig): RunConfig {
  const small = smallRun({ method: rest.method });
  return {
    ...small,
    ...rest,
    totalSteps: small.totalSteps,
    knn: small.knn,
    probe: small.probe,
    batchSize: Math.min(batchSize, small.batchSize),
    outputDim: Math.min(outputDim, small.outputDim),
    queueLength: Math.min(queueLength, 2 * small.batchSize),
  };
}

function ofExperiments(): (readonly [name: string, config: RunConfig])[] {
  const all = EXPERIMENTS.flatMap((experiment) =>
    experimentConfigs(experiment, 'tiny', 'folder', (config) => reduced(config)).map(
      ({ run, config }) => [`${experiment.name}: ${run.label}`, reduced(config)] as const,
    ),
  );
  const known = new Set<string>();
  return all.filter(([, config]) => {
    const text = JSON.stringify(config);
    return !known.has(text) && known.add(text);
  });
}

const RUNS: readonly (readonly [name: string, config: RunConfig])[] = [
  ...METHOD_NAMES.map((method) => [method, smallRun({ method })] as const),
  [
    'SwAV with its queue',
    smallRun({ method: 'swav', prototypes: 12, queueLength: 16, queueStart: 2, freezePrototypes: 4 }),
  ],
  ['alternation by epochs', smallRun({ alternation: 0 })],
  ...ofExperiments(),
];

function resumesAll(
  engine: 'webgpu' | 'wasm',
  title: string,
  options: { readonly trainer?: TrainerOptions; readonly resumed?: TrainerOptions; readonly engine?: EngineOptions },
  runs = RUNS,
): void {
  describe(title, () => {
    const start = () => startTestEngine(engine, options.engine);
    const whole = new Map<string, Awaited<ReturnType<typeof interrupted>>>();
    let info: EngineInfo | null = null;

    it.each(runs)('is trained: %s', async (name, config) => {
      info ??= await start();
      whole.set(name, await interrupted(info, config, options.trainer));
    });

    it('a new engine is started', async () => {
      info = await start();
    });

    it.each(runs)('goes on to the bit: %s', async (name, config) => {
      const before = whole.get(name);
      if (before === undefined || info === null) throw new Error('the run was not trained');
      expectSameReports(before, await trainedOn(info, before.bytes, options.resumed ?? options.trainer), config);
      whole.delete(name);
    });
  });
}

const tuning = memoryTuningCache();

describeOnEngines(['webgpu'], 'every run, resumed', () => {
  // The kernels are chosen for the first run only; the resumed one takes those of the checkpoint.
  resumesAll('webgpu', 'recorded, with chosen kernels', { trainer: { tuning, isSoftware: true }, resumed: {} }, [
    ...RUNS,
    ['rounded operands', smallRun({ precision: 'f16' })],
  ]);
  resumesAll('webgpu', 'op by op', { trainer: { recordSteps: false } });
});

describeOnEngines(['wasm'], 'every run, resumed', () => {
  resumesAll('wasm', 'one thread', { engine: { threads: 1 } });
  resumesAll('wasm', 'two threads', { engine: { threads: 2, threadHost: kernelThreads } });

  it('covers every method and experiment', () => {
    const names = RUNS.map(([name]) => name);
    for (const method of METHOD_NAMES) expect(names).toContain(method);
    expect(names.length).toBeGreaterThan(METHOD_NAMES.length + EXPERIMENTS.length);
  });
});
