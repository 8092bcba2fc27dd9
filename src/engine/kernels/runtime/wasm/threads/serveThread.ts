import { type WasmMemory, webAssembly } from '../../../wasmgen/webAssembly';
import { Board, type Job, unitsOf } from './board';

/** What a thread is started with. */
export interface ThreadStart {
  readonly memory: WasmMemory;
  readonly board: SharedArrayBuffer;
  /** From 1; the thread that announces jobs is 0. */
  readonly thread: number;
}

type Call = (...numbers: number[]) => void;

/** Compiles a kernel from the shared memory. */
function compile(memory: WasmMemory, { offset, bytes, nameBytes }: Job['module']): Call {
  // Copies, since neither the compiler nor the decoder takes shared memory.
  const module = new Uint8Array(memory.buffer, offset, bytes).slice();
  const name = String.fromCharCode(...new Uint8Array(memory.buffer, offset + bytes, nameBytes));
  const { exports } = new webAssembly.Instance(new webAssembly.Module(module), { env: { memory } });
  return exports[name] as Call;
}

/**
 * Computes chunks of the jobs that are announced on the board. It never returns, since the thread sleeps between jobs without looking at
 * messages; the thread ends when it is terminated.
 */
export function serveThread({ memory, board: buffer, thread }: ThreadStart): never {
  const board = new Board(buffer);
  const compiled = new Map<number, Call>();
  let last = 0;
  for (;;) {
    last = board.waitForJob(thread, last);
    const job = board.read();
    for (let chunk = board.claim(last); chunk !== null; chunk = board.claim(last)) {
      try {
        const { offset } = job.module;
        const call = compiled.get(offset) ?? compile(memory, job.module);
        compiled.set(offset, call);
        const { from, to } = unitsOf(chunk, job);
        call(...job.offsets, job.scratch.offset + thread * job.scratch.bytes, from, to);
      } catch {
        board.reportFailure();
      }
      board.finish();
    }
  }
}
