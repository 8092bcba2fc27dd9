import type { RunSignal } from '../../../src/domain/signal';
import type { Command, CommandType, Replies } from '../../../src/protocol/commands';
import type { EngineError, Event } from '../../../src/protocol/events';
import type { WorkerPort } from '../../../src/session/engine/engineClient';

type Answers = { readonly [T in CommandType]?: (command: Extract<Command, { type: T }>) => Replies[T] | EngineError };

const DEFAULTS: Answers = {
  init: () => ({
    engine: 'webgpu',
    description: 'test adapter',
    isSoftware: false,
    threads: 0,
    oneThreadReason: null,
    features: [],
    fallbackReason: null,
  }),
};

/** A worker that answers every command at once (after a microtask), and sends the events that a test asks for. */
export class FakeWorker implements WorkerPort {
  readonly commands: Command[] = [];
  terminated = false;
  private readonly listeners = new Map<string, ((event: never) => void)[]>();

  constructor(
    private readonly answers: Answers | null = null,
    /** Whether commands are answered automatically. */
    private readonly answering = answers !== null,
  ) {}

  postMessage(command: Command): void {
    this.commands.push(command);
    if (this.answering) queueMicrotask(() => this.answer(command));
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The commands of one type so far. */
  sent<T extends CommandType>(type: T): Extract<Command, { type: T }>[] {
    return this.commands.filter((command): command is Extract<Command, { type: T }> => command.type === type);
  }

  send(event: Event): void {
    this.sendRaw(event);
  }

  signal(runId: string, signal: RunSignal): void {
    this.send({ type: 'signal', runId, signal });
  }

  sendRaw(data: unknown): void {
    this.tell('message', { data });
  }

  crash(message: string): void {
    this.tell('error', { message, preventDefault: () => undefined });
  }

  /** Reports a message that cannot be read. */
  garble(): void {
    this.tell('messageerror', {});
  }

  private answer(command: Command): void {
    const answer = { ...DEFAULTS, ...this.answers }[command.type] as ((command: Command) => unknown) | undefined;
    const result = answer === undefined ? null : answer(command);
    if (typeof result === 'object' && result !== null && 'recoverable' in result) {
      this.sendRaw({ type: 'failure', id: command.id, error: result });
    } else this.sendRaw({ type: 'reply', id: command.id, to: command.type, result });
  }

  private tell(type: string, event: object): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event as never);
  }
}
