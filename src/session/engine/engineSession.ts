import type { EngineChoice } from '../../domain/runConfig';
import type { CommandBody, CommandType, Replies } from '../../protocol/commands';
import type { EngineError } from '../../protocol/events';
import { EngineClient, EngineFailure, type EngineListeners, type OnProgress, type WorkerPort } from './engineClient';
import type { EngineStore } from './engineStore';

/** Any thrown value as an error to show. */
export function engineErrorOf(error: unknown): EngineError {
  if (error instanceof EngineFailure) return error.error;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), recoverable: false };
}

/** The listeners of a run; which engine runs, the session keeps itself. */
export interface RunListeners extends Omit<EngineListeners, 'onEngine'> {
  /** Called with what the person should know about the engine. */
  onNotice(text: string): void;
}

/** The worker and its engine: started when first needed, and again after they were lost. */
export class EngineSession {
  readonly #store: EngineStore;
  readonly #openWorker: () => WorkerPort;
  readonly #listeners: RunListeners;
  #client: EngineClient | null = null;
  #starting: { readonly choice: EngineChoice; readonly done: Promise<boolean> } | null = null;
  /** Number of workers opened so far: what was sent to an earlier worker, such as images, has to be sent again. */
  workerNumber = 0;

  constructor(store: EngineStore, openWorker: () => WorkerPort, listeners: RunListeners) {
    this.#store = store;
    this.#openWorker = openWorker;
    this.#listeners = listeners;
  }

  request<T extends CommandType>(
    body: Extract<CommandBody, { type: T }>,
    transfer: Transferable[] = [],
    onProgress?: OnProgress,
  ): Promise<Replies[T]> {
    return this.#opened().request<T>(body, transfer, onProgress);
  }

  /** Starts the engine, unless this choice was started before. Resolves with whether it runs; if not, the store holds the reason. */
  ensure(choice: EngineChoice): Promise<boolean> {
    if (this.#starting?.choice === choice) return this.#starting.done;
    const done = this.#start(choice);
    this.#starting = { choice, done };
    return done;
  }

  /** Records that the engine was lost; `ensure` starts it again. */
  lose(error: EngineError): void {
    this.#starting = null;
    if (!error.recoverable) this.#close();
    this.#store.setState({ state: 'lost', error });
  }

  /** Lets `ensure` start an engine again that failed to start. */
  forgetFailure(): void {
    if (this.#store.getState().state === 'failed') this.#starting = null;
  }

  async #start(choice: EngineChoice): Promise<boolean> {
    this.#store.setState({ state: 'starting', error: null });
    try {
      const adapter = await this.request<'init'>({ type: 'init', engine: choice });
      this.#store.setState({ state: 'ready', adapter, error: null });
      return true;
    } catch (thrown) {
      const error = engineErrorOf(thrown);
      // A worker that found no engine can be used again; one that failed in another way is replaced.
      if (!error.recoverable && error.code !== 'no-engine') this.#close();
      this.#store.setState({ state: 'failed', error });
      return false;
    }
  }

  #opened(): EngineClient {
    if (this.#client === null) {
      this.#client = new EngineClient(this.#openWorker(), {
        ...this.#listeners,
        onEngine: (adapter, notice) => {
          this.#store.setState({ adapter });
          if (notice !== null) this.#listeners.onNotice(notice);
        },
      });
      this.workerNumber += 1;
    }
    return this.#client;
  }

  #close(): void {
    const client = this.#client;
    this.#client = null;
    client?.dispose();
  }
}
