import { describe, expect, it, vi } from 'vitest';
import { askWorker } from '../../../src/data/askWorker';

class FakeWorker extends EventTarget {
  readonly asked: unknown[] = [];
  readonly terminate = vi.fn();
  postMessage(message: unknown): void {
    this.asked.push(message);
  }
  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
  }
}

function asked(signal?: AbortSignal, ask = (worker: FakeWorker): void => worker.postMessage('how many?')) {
  const worker = new FakeWorker();
  const progress: unknown[] = [];
  const answer = askWorker<number>(
    worker as unknown as Worker,
    {
      onMessage: (data, resolve) => (typeof data === 'number' ? resolve(data) : progress.push(data)),
      failure: (reason) => new Error(`It failed: ${reason}.`),
      signal,
    },
    () => ask(worker),
  );
  answer.catch(() => undefined);
  return { worker, progress, answer };
}

describe('asking a worker', () => {
  it('resolves with its answer, handles earlier messages, and terminates the worker', async () => {
    const { worker, progress, answer } = asked();
    expect(worker.asked).toEqual(['how many?']);
    worker.say('counting');
    expect(worker.terminate).not.toHaveBeenCalled();
    worker.say(3);
    expect(await answer).toBe(3);
    expect(progress).toEqual(['counting']);
    expect(worker.terminate).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['throws', (worker: FakeWorker) => worker.crash('out of memory'), 'It failed: out of memory.'],
    ['cannot be loaded', (worker: FakeWorker) => worker.crash(''), 'could not be loaded'],
    [
      'sends what cannot be read',
      (worker: FakeWorker) => worker.dispatchEvent(new Event('messageerror')),
      'could not be read',
    ],
  ])('rejects when the worker %s, and ends it', async (_, fail, message) => {
    const { worker, answer } = asked();
    fail(worker);
    await expect(answer).rejects.toThrow(message);
    expect(worker.terminate).toHaveBeenCalledTimes(1);
  });

  it('rejects with the reason of an abort, before or after the question', async () => {
    const late = new AbortController();
    const { worker, answer } = asked(late.signal);
    late.abort(new Error('stopped'));
    await expect(answer).rejects.toThrow('stopped');
    expect(worker.terminate).toHaveBeenCalledTimes(1);
    await expect(asked(AbortSignal.abort(new Error('too late'))).answer).rejects.toThrow('too late');
  });

  it('rejects when the question cannot be sent', async () => {
    const { worker, answer } = asked(undefined, () => {
      throw new Error('not cloneable');
    });
    await expect(answer).rejects.toThrow('not cloneable');
    expect(worker.terminate).toHaveBeenCalledTimes(1);
  });
});
