import type { EngineInfo } from '../domain/engineInfo';
import type { EngineChoice } from '../domain/runConfig';
import { confirmEngine, startEngine } from '../engine/backend/startEngine';
import type { ThreadHost } from '../engine/kernels/runtime/wasm/threads/crew';
import type { BreakCause } from './recoveryPolicy';

/** Why the engine can no longer be used, with what the browser says about it. */
export interface Breakdown {
  readonly cause: BreakCause;
  readonly message: string;
}

/** The longest time between an error of a lost device and the report of its loss. */
const MOMENT_MS = 1000;

/** The engine in use. A breakdown is reported once; those of earlier engines are ignored. */
export class HostedEngine {
  readonly #threadHost: ThreadHost | undefined;
  readonly #onBreak: (breakdown: Breakdown) => void;
  #info: EngineInfo | null = null;
  #isBroken = false;
  #break: (breakdown: Breakdown) => void = () => undefined;
  #broken: Promise<Breakdown> = new Promise(() => undefined);

  /** @param threadHost creates threads for the processor's engine, which has one thread without it */
  constructor(threadHost: ThreadHost | undefined, onBreak: (breakdown: Breakdown) => void) {
    this.#threadHost = threadHost;
    this.#onBreak = onBreak;
  }

  /** null before the first start. */
  get info(): EngineInfo | null {
    return this.#info;
  }

  /** Whether the present engine has broken down. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Resolves when the present engine breaks down. */
  get broken(): Promise<Breakdown> {
    return this.#broken;
  }

  /**
   * Starts an engine in place of the present one, whose tensors are lost.
   * @throws NoEngineError
   */
  async start(choice: EngineChoice): Promise<EngineInfo> {
    this.#broken = new Promise((resolve) => {
      this.#isBroken = false;
      this.#break = (breakdown) => {
        this.#break = () => undefined;
        this.#isBroken = true;
        resolve(breakdown);
        this.#onBreak(breakdown);
      };
    });
    const report = this.#break;
    const ifPresent = (breakdown: Breakdown) => {
      if (this.#break === report) report(breakdown);
    };
    const hooks = {
      onUncapturedError: (message: string, outOfMemory: boolean) =>
        ifPresent({ cause: outOfMemory ? 'out-of-memory' : 'gpu-error', message }),
      onLost: (message: string) => ifPresent({ cause: 'device-lost', message }),
    };
    this.#info = await startEngine(choice, hooks, { threadHost: this.#threadHost });
    return this.#info;
  }

  /** Whether it has broken down, or does within a moment: an error of a lost device may come before the report of its loss. */
  async breaksDown(): Promise<boolean> {
    const moment = new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
    if (this.#info?.engine === 'webgpu') await Promise.race([this.#broken, moment]);
    return this.#isBroken;
  }

  /** Reports that memory ran out in a call. */
  ranOutOfMemory(message: string): void {
    this.#break({ cause: 'out-of-memory', message });
  }

  /** Goes over to the other engine where the choice turns out wrong; null where the engine stays. */
  async confirm(): Promise<EngineInfo | null> {
    const adapter = await confirmEngine();
    if (adapter !== null) this.#info = adapter;
    return adapter;
  }
}
