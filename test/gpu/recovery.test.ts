import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type LosableDevice, makeDevicesLosable } from '../../scripts/soak/losableDevices';
import type { LiveChange } from '../../src/domain/runConfig';
import { FrozenEncoder } from '../../src/engine/run/export/frozenEncoder';
import { Trainer } from '../../src/engine/run/trainer';
import { smallRun } from '../setup/checkpoints';
import { describeOnEngines } from '../setup/engine';
import { HostedWorker, lossesIn } from '../setup/hostedWorker';

const CONFIG = smallRun({ totalSteps: 14 });
const EVERY = 5;

const newWorker = (now?: () => number) =>
  new HostedWorker({ checkpointEvery: EVERY, ...(now === undefined ? {} : { now }) });

async function uninterrupted(engine: 'webgpu' | 'wasm', changes: readonly LiveChange[] = []) {
  const worker = newWorker();
  await worker.create(engine, CONFIG, changes);
  await worker.train();
  await worker.until('finished');
  return lossesIn(worker.events);
}

const advance = Trainer.prototype.advance;
/** Calls `disturb` before the step with which a run goes on from so many steps, the first time or, with `always`, each time. */
function beforeStep(step: number, disturb: () => void, always = false): void {
  let isDone = false;
  vi.spyOn(Trainer.prototype, 'advance').mockImplementation(async function (this: Trainer) {
    if (this.step === step && (always || !isDone)) {
      isDone = true;
      disturb();
    }
    return advance.call(this);
  });
}

const outOfMemory = () => {
  throw new RangeError('Array buffer allocation failed');
};

afterEach(() => vi.restoreAllMocks());

describeOnEngines(['webgpu'], 'a run whose GPU is lost', () => {
  let device: () => LosableDevice | null;
  let undisturbed: ReturnType<typeof uninterrupted> | undefined;
  /** The losses without a loss of the device, computed once. */
  const lossesOfUndisturbed = () => {
    undisturbed ??= uninterrupted('webgpu');
    return undisturbed;
  };
  beforeEach(() => {
    const { gpu } = navigator;
    const own = Object.create(gpu, { requestAdapter: { value: gpu.requestAdapter.bind(gpu), writable: true } }) as GPU;
    device = makeDevicesLosable(own);
    Object.defineProperty(navigator, 'gpu', { value: own, configurable: true });
    return () => Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  });

  it('goes on by itself from its last checkpoint, to the same numbers, and on WASM after the third loss within a minute', async () => {
    const losses = await lossesOfUndisturbed();
    const worker = newWorker(() => 0);
    await worker.create('webgpu', CONFIG);
    beforeStep(8, () => device()?.lose());
    await worker.train();
    await worker.until('finished');
    expect(worker.failures).toEqual([]);
    expect(worker.of('rewound')).toEqual([{ step: 5 }]);
    expect(worker.computedAgain).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(worker.of('marker')).toContainEqual({ kind: 'recovery', step: 5, cause: 'device-lost' });
    expect(worker.notices).toEqual([
      expect.stringMatching(/^The connection to the GPU was lost at step 8; the run went on from step 5\.$/),
    ]);
    expect(lossesIn(worker.events)).toEqual(losses);

    await worker.send({ type: 'change', runId: 'a', key: 'totalSteps', value: 30 });
    expect(worker.states.at(-1)).toBe('paused');
    beforeStep(17, () => device()?.lose());
    await worker.train();
    await expect.poll(() => worker.of('rewound').at(-1), { timeout: 60_000 }).toEqual({ step: 14 });
    vi.restoreAllMocks();
    beforeStep(21, () => device()?.lose());
    await worker.until('finished');
    expect(worker.failures).toEqual([]);
    expect(worker.of('rewound').at(-1)).toEqual({ step: 19 });
    expect(worker.of('marker')).toContainEqual({ kind: 'recovery', step: 19, cause: 'other-engine' });
    expect(worker.notices.at(-1)).toMatch(
      /the run went on from step 19\. It is computed by WASM from now on\. The checkp/,
    );
    expect([tf.getBackend(), worker.of('state').at(-1)?.step]).toEqual(['wasm', 30]);
    // Markers stay in what the run reports.
    const again = worker.of('marker').filter(({ kind }) => kind === 'recovery');
    expect(again).toContainEqual({ kind: 'recovery', step: 14, cause: 'device-lost' });
  });

  it('fails a file that is being made, in words, and goes on to the same numbers', async () => {
    const losses = await lossesOfUndisturbed();
    const worker = newWorker();
    await worker.create('webgpu', CONFIG);
    const { embed } = FrozenEncoder.prototype;
    vi.spyOn(FrozenEncoder.prototype, 'embed').mockImplementationOnce(function (this: FrozenEncoder, ...given) {
      device()?.lose();
      return embed.apply(this, given);
    });
    await worker.train();
    await worker.send({
      type: 'takeAlong',
      runId: 'a',
      what: { kind: 'embeddings', format: 'parquet', by: 'run' },
    });
    expect(worker.failures).toMatchObject([
      { type: 'failure', error: { code: 'device-lost', message: expect.stringContaining('once the run goes on') } },
    ]);
    await worker.until('finished');
    expect(worker.failures).toHaveLength(1);
    expect(lossesIn(worker.events)).toEqual(losses);
  });

  it('goes on after an error that WebGPU reports outside a call', async () => {
    const worker = newWorker();
    await worker.create('webgpu', CONFIG);
    beforeStep(3, () => {
      const error = new GPUValidationError('a binding is missing');
      device()?.device.onuncapturederror?.({ error } as unknown as GPUUncapturedErrorEvent);
    });
    await worker.train();
    await worker.until('finished');
    expect(worker.of('rewound')).toEqual([{ step: 0 }]);
    expect(worker.of('baselines')).toHaveLength(2);
    expect(worker.notices).toEqual([
      'The GPU reported an error at step 3, so that all measurements since then are invalid (a binding is missing); the run went on from step 0.',
    ]);
    expect([...lossesIn(worker.events).keys()]).toHaveLength(14);
  });
});

describeOnEngines(['wasm'], 'a run whose memory ran out', () => {
  it('goes on by itself, with the advice that helps', async () => {
    const worker = newWorker();
    await worker.create('wasm', CONFIG);
    beforeStep(8, outOfMemory);
    await worker.train();
    await worker.until('finished');
    expect(worker.failures).toEqual([]);
    expect(worker.of('marker')).toContainEqual({ kind: 'recovery', step: 5, cause: 'out-of-memory' });
    expect(worker.notices).toEqual([
      'Memory ran out at step 8; the run went on from step 5. Choose a smaller batch, network or image size if it happens again.',
    ]);
    expect(lossesIn(worker.events)).toEqual(await uninterrupted('wasm'));
  });

  it('makes the changes again that were made after its last checkpoint', async () => {
    const link: readonly LiveChange[] = [
      [2, 'baseLearningRate', 0.2],
      [11, 'stopGradient', true],
    ];
    const worker = newWorker();
    await worker.create('wasm', CONFIG, link);
    beforeStep(7, () => {
      void worker.send({ type: 'change', runId: 'a', key: 'stopGradient', value: false });
      beforeStep(9, outOfMemory);
    });
    await worker.train();
    await worker.until('finished');
    expect(worker.of('rewound')).toEqual([{ step: 5 }]);
    const switched = worker.of('marker').filter((marker) => marker.kind === 'change' && marker.value === false);
    expect(switched).toHaveLength(2);
    const [first, second] = switched.map(({ step }) => step);
    expect(second).toBe(first);
    const changes = [link[0], [first, 'stopGradient', false], link[1]] as LiveChange[];
    expect(lossesIn(worker.events)).toEqual(await uninterrupted('wasm', changes));
  });

  it('stays paused where Pause was pressed meanwhile, and goes on with Train', async () => {
    const worker = newWorker();
    await worker.create('wasm', CONFIG);
    let paused: Promise<void> | null = null;
    beforeStep(6, () => {
      queueMicrotask(() => {
        paused = worker.send({ type: 'pause', runId: 'a' });
      });
      outOfMemory();
    });
    await worker.train();
    await worker.until('paused');
    await paused;
    expect(worker.of('state').at(-1)).toEqual({ state: 'paused', step: 5 });
    expect(worker.computedAgain).toEqual([]);
    await worker.train();
    await worker.until('finished');
    expect(worker.failures).toEqual([]);
  });

  it('ends with the error where it happens again at the same step', async () => {
    const worker = newWorker();
    await worker.create('wasm', CONFIG);
    beforeStep(8, outOfMemory, true);
    await worker.train();
    await worker.until('failed');
    expect(worker.of('rewound')).toEqual([{ step: 5 }]);
    expect(worker.failures).toEqual([
      {
        type: 'error',
        runId: 'a',
        error: {
          code: 'out-of-memory',
          recoverable: true,
          message: expect.stringMatching(/smaller batch.*then Reset/),
        },
      },
    ]);
    await worker.create('wasm', CONFIG);
    vi.restoreAllMocks();
    await worker.train();
    await worker.until('finished');
  });
});
