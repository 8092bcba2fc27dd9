import { type BreakableWorker, onWorkerFailure } from '../../data/workerFailure';
import type { EngineInfo } from '../../domain/engineInfo';
import type { RunSignal } from '../../domain/signal';
import type { SuitTable } from '../../domain/suiting/suitTable';
import type { Command, CommandBody, CommandType, Replies } from '../../protocol/commands';
import type { EngineError, Event } from '../../protocol/events';
import { isEvent } from '../../protocol/guards';

/** The part of a worker that the client uses. */
export type WorkerPort = BreakableWorker & {
  postMessage(message: Command, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  terminate(): void;
};

/** The rejection of a command that failed. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  constructor(readonly error: EngineError) {
    super(error.message);
  }
}

export interface EngineListeners {
  /** Called with each signal of a run; the caller ignores signals of runs that are over. */
  onSignal(signal: RunSignal, runId: string): void;
  /** Called with an error outside any command; `runId` names the run that it affects, if there is one. */
  onError(error: EngineError, runId: string | null): void;
  /** Called when another engine runs from now on, or the engine was started again; `notice` is for the person. */
  onEngine(adapter: EngineInfo, notice: string | null): void;
}

/** Called with the progress of a command, in whatever it counts; `table`: what a search for settings knows so far. */
export type OnProgress = (done: number, total: number, table?: SuitTable) => void;

interface Pending {
  readonly type: CommandType;
  readonly onProgress: OnProgress | undefined;
  readonly resolve: (result: Replies[CommandType]) => void;
  readonly reject: (failure: EngineFailure) => void;
}

/** Typed requests to the training worker, each answered once, and the worker's events. */
export class EngineClient {
  readonly #port: WorkerPort;
  readonly #listeners: EngineListeners;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(port: WorkerPort, listeners: EngineListeners) {
    this.#port = port;
    this.#listeners = listeners;
    port.addEventListener('message', ({ data }) => {
      if (isEvent(data)) this.#receive(data);
    });
    onWorkerFailure(port, (reason) => this.#crash(`The training worker failed: ${reason}. Try again.`));
  }

  /** How many commands have no answer yet. */
  get waiting(): number {
    return this.#pending.size;
  }

  /**
   * Sends a command and resolves with its answer. `transfer` lists buffers that the worker takes over.
   * @throws EngineFailure (rejection) with the engine's error, when the command cannot be sent, or when the worker fails before it answers.
   */
  request<T extends CommandType>(
    body: Extract<CommandBody, { type: T }>,
    transfer: Transferable[] = [],
    onProgress?: OnProgress,
  ): Promise<Replies[T]> {
    const id = this.#nextId++;
    const answer = new Promise<Replies[CommandType]>((resolve, reject) => {
      this.#pending.set(id, { type: body.type, onProgress, resolve, reject });
    });
    try {
      this.#port.postMessage({ ...body, id }, transfer);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const message = `The page could not send “${body.type}” to the training worker: ${reason}. Reload the page if it happens again.`;
      this.reject(id, { code: 'internal', message, recoverable: true });
    }
    // The answer's `to` was checked against the command's type on receipt.
    return answer as Promise<Replies[T]>;
  }

  /** Ends the worker; commands still waiting are rejected. */
  dispose(): void {
    this.#port.terminate();
    this.#rejectAll({ code: 'internal', message: 'The training worker was stopped.', recoverable: false });
  }

  #receive(event: Event): void {
    switch (event.type) {
      case 'reply':
      case 'failure':
        this.#settle(event);
        return;
      case 'error':
        this.#listeners.onError(event.error, event.runId);
        return;
      case 'engine':
        this.#listeners.onEngine(event.adapter, event.notice);
        return;
      case 'progress':
        this.#pending.get(event.id)?.onProgress?.(event.done, event.total, event.table);
        return;
      case 'signal':
        this.#listeners.onSignal(event.signal, event.runId);
        return;
      default:
        event satisfies never;
    }
  }

  #settle(event: Extract<Event, { type: 'reply' | 'failure' }>): void {
    const pending = this.#pending.get(event.id);
    if (pending === undefined) return;
    if (event.type === 'failure') this.reject(event.id, event.error);
    else if (event.to === pending.type) {
      this.#pending.delete(event.id);
      pending.resolve(event.result);
    } else {
      const message = `The training worker answered “${pending.type}” as “${event.to}”.`;
      this.reject(event.id, { code: 'internal', message, recoverable: false });
    }
  }

  private reject(id: number, error: EngineError): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.reject(new EngineFailure(error));
  }

  #crash(message: string): void {
    const error: EngineError = { code: 'internal', message, recoverable: false };
    this.#rejectAll(error);
    this.#listeners.onError(error, null);
  }

  #rejectAll(error: EngineError): void {
    for (const id of [...this.#pending.keys()]) this.reject(id, error);
  }
}
