import type { Command, CommandBody, CommandType, Replies } from '../../protocol/commands';
import type { EngineError, Event, RunEvent } from '../../protocol/events';
import { isEvent } from '../../protocol/guards';

/** What the client needs of a worker. */
export interface WorkerPort {
  postMessage(message: Command, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: 'error', listener: (event: ErrorEvent) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
  terminate(): void;
}

/** A command that was answered with a failure. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  constructor(readonly error: EngineError) {
    super(error.message);
  }
}

export interface EngineListeners {
  /** The stream about a run; the caller drops events of runs that are over. */
  onRunEvent(event: RunEvent): void;
  /** Something broke outside any command; `runId` names the run it hit, if it hit one. */
  onError(error: EngineError, runId: string | null): void;
}

interface Pending {
  readonly type: CommandType;
  readonly resolve: (result: Replies[CommandType]) => void;
  readonly reject: (failure: EngineFailure) => void;
}

/** Typed requests to the training worker, each answered once, and the worker's events. */
export class EngineClient {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  constructor(
    private readonly port: WorkerPort,
    private readonly listeners: EngineListeners,
  ) {
    port.addEventListener('message', ({ data }) => {
      if (isEvent(data)) this.receive(data);
    });
    port.addEventListener('error', (event) => {
      event.preventDefault();
      // A script that could not be loaded says nothing.
      this.crash(event.message || 'The training worker could not be loaded. Check the connection, then try again.');
    });
    port.addEventListener('messageerror', () => this.crash('A message from the training worker could not be read.'));
  }

  /**
   * Sends a command and resolves with its answer. `transfer` lists buffers that the worker takes over.
   * @throws EngineFailure (rejection) with the engine's error, or when the worker dies before it answers.
   */
  request<T extends CommandType>(
    body: Extract<CommandBody, { type: T }>,
    transfer: Transferable[] = [],
  ): Promise<Replies[T]> {
    const id = this.nextId++;
    const answer = new Promise<Replies[CommandType]>((resolve, reject) => {
      this.pending.set(id, { type: body.type, resolve, reject });
    });
    this.port.postMessage({ ...body, id }, transfer);
    // The answer's `to` was checked against the command's type on receipt.
    return answer as Promise<Replies[T]>;
  }

  /** Ends the worker; commands still waiting are rejected. */
  dispose(): void {
    this.port.terminate();
    this.rejectAll({ code: 'internal', message: 'The training worker was stopped.', recoverable: false });
  }

  private receive(event: Event): void {
    switch (event.type) {
      case 'reply':
      case 'failure':
        this.settle(event);
        return;
      case 'error':
        this.listeners.onError(event.error, event.runId);
        return;
      case 'runState':
      case 'measurements':
      case 'baselines':
      case 'neighbours':
      case 'views':
      case 'marker':
      case 'diagnosis':
      case 'resources':
        this.listeners.onRunEvent(event);
        return;
      default:
        event satisfies never;
    }
  }

  private settle(event: Extract<Event, { type: 'reply' | 'failure' }>): void {
    const pending = this.pending.get(event.id);
    if (pending === undefined) return;
    this.pending.delete(event.id);
    if (event.type === 'failure') pending.reject(new EngineFailure(event.error));
    else if (event.to === pending.type) pending.resolve(event.result);
    else {
      const message = `The training worker answered “${pending.type}” as “${event.to}”.`;
      pending.reject(new EngineFailure({ code: 'internal', message, recoverable: false }));
    }
  }

  private crash(message: string): void {
    const error: EngineError = { code: 'internal', message, recoverable: false };
    this.rejectAll(error);
    this.listeners.onError(error, null);
  }

  private rejectAll(error: EngineError): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(new EngineFailure(error));
  }
}
