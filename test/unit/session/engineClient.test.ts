import { describe, expect, it, vi } from 'vitest';
import { EngineClient, EngineFailure } from '../../../src/session/engine/engineClient';
import { FakeWorker } from './fakeWorker';

function connected() {
  const worker = new FakeWorker();
  const listeners = { onSignal: vi.fn(), onError: vi.fn(), onEngine: vi.fn() };
  return { worker, listeners, client: new EngineClient(worker, listeners) };
}

describe('EngineClient', () => {
  it('resolves each request with its own answer, whatever their order', async () => {
    const { worker, client } = connected();
    const first = client.request<'thumbnails'>({ type: 'thumbnails', indices: [1] });
    const second = client.request<'train'>({ type: 'train', runId: 'a' });
    const [one, two] = worker.commands;
    worker.send({ type: 'reply', id: two!.id, to: 'train', result: null });
    const picture = { width: 1, height: 1, pixels: new Uint8ClampedArray(4) };
    worker.send({ type: 'reply', id: one!.id, to: 'thumbnails', result: [picture] });
    expect(await second).toBeNull();
    expect(await first).toEqual([picture]);
  });

  it('rejects with the engine’s error', async () => {
    const { worker, client } = connected();
    const answer = client.request<'train'>({ type: 'train', runId: 'a' });
    const error = { code: 'stale-run', message: 'Run a has ended.', recoverable: true } as const;
    worker.send({ type: 'failure', id: worker.commands[0]!.id, error });
    await expect(answer).rejects.toEqual(new EngineFailure(error));
  });

  it('ignores messages that are not events, and answers without a request', () => {
    const { worker, listeners } = connected();
    worker.sendRaw('hello');
    worker.sendRaw({ type: 'unknown' });
    worker.sendRaw(null);
    worker.send({ type: 'reply', id: 77, to: 'train', result: null });
    expect(listeners.onSignal).not.toHaveBeenCalled();
    expect(listeners.onError).not.toHaveBeenCalled();
  });

  it('rejects all pending requests when the worker fails, and reports the error once', async () => {
    const { worker, listeners, client } = connected();
    const answers = [
      client.request<'init'>({ type: 'init', engine: 'auto' }),
      client.request<'train'>({ type: 'train', runId: 'a' }),
    ];
    worker.crash('');
    for (const answer of answers) await expect(answer).rejects.toThrow('could not be loaded');
    expect(listeners.onError).toHaveBeenCalledTimes(1);
    expect(listeners.onError.mock.calls[0]?.[0]).toMatchObject({ code: 'internal', recoverable: false });
  });

  it('rejects a command that cannot be sent, and forgets it', async () => {
    const { worker, listeners, client } = connected();
    worker.postMessage = () => {
      throw new DOMException('a function could not be cloned', 'DataCloneError');
    };
    const answer = client.request<'thumbnails'>({ type: 'thumbnails', indices: [1] });
    await expect(answer).rejects.toThrow('“thumbnails” to the training worker: a function could not be cloned');
    await expect(answer).rejects.toMatchObject({ error: { recoverable: true } });
    // No request is pending that a later failure could reject.
    worker.crash('');
    expect(listeners.onError).toHaveBeenCalledTimes(1);
    expect(client.waiting).toBe(0);
  });

  it('passes signals of every kind on, known to it or not', () => {
    const { worker, listeners } = connected();
    const signal = { kind: 'of tomorrow', value: 1 };
    worker.sendRaw({ type: 'signal', runId: 'a', signal });
    expect(listeners.onSignal).toHaveBeenCalledExactlyOnceWith(signal, 'a');
  });

  it('rejects pending requests when a message cannot be read', async () => {
    const { worker, client } = connected();
    const answer = client.request<'init'>({ type: 'init', engine: 'auto' });
    worker.garble();
    await expect(answer).rejects.toThrow('could not be read');
  });

  it('rejects pending requests when it is disposed', async () => {
    const { worker, client } = connected();
    const answer = client.request<'init'>({ type: 'init', engine: 'auto' });
    client.dispose();
    expect(worker.terminated).toBe(true);
    await expect(answer).rejects.toBeInstanceOf(EngineFailure);
  });
});
