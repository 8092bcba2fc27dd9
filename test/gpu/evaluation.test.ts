import { expect, it } from 'vitest';
import { standardError } from '../../src/domain/accuracy';
import { presetConfig } from '../../src/domain/presets';
import type { RunConfig } from '../../src/domain/runConfig';
import type { RunSignal } from '../../src/domain/signal';
import type { CommandBody } from '../../src/protocol/commands';
import type { Event } from '../../src/protocol/events';
import { Host } from '../../src/worker/host';
import { describeOnEngines } from '../setup/engine';
import { syntheticDataset } from '../setup/syntheticDataset';

const CONFIG: RunConfig = {
  ...presetConfig('tiny', 'folder'),
  batchSize: 8,
  totalSteps: 4,
  knn: { every: 0, k: 5, temperature: 0.1, bank: 32, queries: 16 },
  probe: { every: 0, images: 32 },
};

describeOnEngines(['webgpu', 'wasm'], 'the linear evaluation of a run', (engine) => {
  async function opened(labelled: boolean) {
    const events: Event[] = [];
    const host = new Host((event) => events.push(structuredClone(event)));
    let id = 0;
    const send = (command: CommandBody) => host.handle({ id: id++, ...command });
    if (engine === 'webgpu' || engine === 'wasm') await send({ type: 'init', engine });
    const dataset = syntheticDataset(96);
    await send({ type: 'setDataset', dataset: labelled ? dataset : { ...dataset, labels: null, classNames: [] } });
    await send({ type: 'create', runId: 'a', config: CONFIG, changes: [] });
    const of = <K extends RunSignal['kind']>(kind: K) =>
      events.flatMap((event) =>
        event.type === 'signal' && event.signal.kind === kind
          ? [event.signal.value as Extract<RunSignal, { kind: K }>['value']]
          : [],
      );
    return { send, of, events, close: () => send({ type: 'setDataset', dataset }) };
  }

  it('is reported on demand and at the end, before the run counts as finished', async () => {
    const { send, of, events, close } = await opened(true);
    await expect.poll(() => of('state').at(-1)?.state).toBe('paused');
    await send({ type: 'evaluate', runId: 'a' });
    await expect.poll(() => of('evaluation').length).toBe(1);
    expect(of('evaluation')[0]).toMatchObject({ step: 0, trainImages: 77, testImages: 19 });
    await send({ type: 'train', runId: 'a' });
    await expect.poll(() => of('state').at(-1)?.state).toBe('finished');
    const [, last] = of('evaluation');
    expect(last?.step).toBe(4);
    expect(last?.standardError).toBe(standardError(last?.accuracy ?? 0, 19));
    expect(last?.confusion.flat().reduce((a, b) => a + b)).toBe(19);
    const shares = of('evaluating').map(({ share }) => share);
    expect(shares.at(-1)).toBeNull();
    const kinds = events.flatMap((event) => (event.type === 'signal' ? event.signal.kind : []));
    expect(kinds.lastIndexOf('evaluation')).toBeLessThan(kinds.lastIndexOf('state'));
    await close();
  });

  it('is left out without labels, and stops when it is cancelled', async () => {
    const without = await opened(false);
    await without.send({ type: 'train', runId: 'a' });
    await expect.poll(() => without.of('state').at(-1)?.state).toBe('finished');
    expect(without.of('evaluation')).toEqual([]);
    await without.close();

    const { send, of, close } = await opened(true);
    await expect.poll(() => of('state').at(-1)?.state).toBe('paused');
    await send({ type: 'evaluate', runId: 'a' });
    await send({ type: 'cancelEvaluation', runId: 'a' });
    await expect.poll(() => of('evaluating').at(-1)?.share ?? null).toBeNull();
    await send({ type: 'step', runId: 'a' });
    expect(of('evaluation')).toEqual([]);
    await close();
  });

  it('can be asked for again at once after it was cancelled before it began', async () => {
    const { send, of, close } = await opened(true);
    await expect.poll(() => of('state').at(-1)?.state).toBe('paused');
    // A step is under way, so that the evaluation has to wait.
    const step = send({ type: 'step', runId: 'a' });
    const evaluated = send({ type: 'evaluate', runId: 'a' });
    await send({ type: 'cancelEvaluation', runId: 'a' });
    expect(of('evaluating')).toEqual([{ share: null }]);
    await send({ type: 'evaluate', runId: 'a' });
    await Promise.all([step, evaluated]);
    await expect.poll(() => of('evaluation').length).toBe(1);
    await close();
  });
});
