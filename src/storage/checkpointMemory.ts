import type { CheckpointChange, CheckpointStorage, StoredPointers } from './checkpointStorage';
import type { RunPointer } from './runPointer';

interface Kept {
  readonly pointer: RunPointer;
  readonly files: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
}

/** Checkpoints in memory, for as long as the page is open: forks then work where the browser stores nothing. */
export class CheckpointMemory implements CheckpointStorage {
  readonly #runs = new Map<string, Kept>();

  async pointers(): Promise<StoredPointers> {
    const pointers = [...this.#runs.values()].map(({ pointer }) => pointer);
    return { pointers: pointers.sort((a, b) => b.written - a.written), unreadable: 0 };
  }

  async pointer(id: string): Promise<RunPointer | null> {
    return this.#runs.get(id)?.pointer ?? null;
  }

  async read(id: string, step: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#runs.get(id)?.files.get(step) ?? null;
  }

  async put(pointer: RunPointer, { isNew, checkpoint, drops = [] }: CheckpointChange): Promise<boolean> {
    const there = this.#runs.get(pointer.id);
    if (there === undefined && !isNew) return false;
    const files = new Map(there?.files);
    for (const step of drops) files.delete(step);
    if (checkpoint !== undefined) files.set(checkpoint.step, checkpoint.file);
    this.#runs.set(pointer.id, { pointer, files });
    return true;
  }

  async remove(id: string): Promise<void> {
    this.#runs.delete(id);
  }

  async bytes(): Promise<number> {
    const files = [...this.#runs.values()].flatMap((run) => [...run.files.values()]);
    return files.reduce((sum, { length }) => sum + length, 0);
  }
}
