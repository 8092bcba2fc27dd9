import { checkpointsOf } from './checkpointKeys';
import type { CheckpointChange, CheckpointStorage, StoredPointers } from './checkpointStorage';
import { Connection, completed } from './connection';
import { bytesOf, deletedAt, parsePointer, type RunPointer } from './runPointer';

/** Checkpoints in IndexedDB, in the database of the runs. */
export class CheckpointDatabase implements CheckpointStorage {
  readonly #connection = new Connection();

  pointers(): Promise<StoredPointers> {
    return this.#connection.with(async (db) => {
      const stored = (await db.getAll('pointers')).filter((value) => deletedAt(value) === null);
      const pointers = stored.map(parsePointer).filter((pointer) => pointer !== null);
      return {
        pointers: pointers.sort((a, b) => b.written - a.written),
        unreadable: stored.length - pointers.length,
      };
    });
  }

  pointer(id: string): Promise<RunPointer | null> {
    return this.#connection.with(async (db) => {
      const stored = await db.get('pointers', id);
      return deletedAt(stored) === null ? parsePointer(stored) : null;
    });
  }

  read(id: string, step: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#connection.with(async (db) => {
      const stored = await db.get('checkpoints', [id, step]);
      return isBytes(stored) ? stored : null;
    });
  }

  put(pointer: RunPointer, { isNew, checkpoint, drops = [] }: CheckpointChange): Promise<boolean> {
    const { id } = pointer;
    return this.#connection.with((db) => {
      // Strict: the bytes are on the disk once it is completed, so that neither a crash nor a power cut loses them.
      const tx = db.transaction(['checkpoints', 'pointers'], 'readwrite', { durability: 'strict' });
      const [checkpoints, pointers] = [tx.objectStore('checkpoints'), tx.objectStore('pointers')];
      const write = async () => {
        const there = isNew ? pointer : await pointers.get(id);
        if (there === undefined || deletedAt(there) !== null) return false;
        if (checkpoint !== undefined) await checkpoints.put(checkpoint.file, [id, checkpoint.step]);
        for (const step of drops) await checkpoints.delete([id, step]);
        await pointers.put(pointer, id);
        return true;
      };
      return completed(tx, write());
    });
  }

  remove(id: string): Promise<void> {
    return this.#connection.with(async (db) => {
      const tx = db.transaction(['checkpoints', 'pointers'], 'readwrite');
      const deletes = [tx.objectStore('pointers').delete(id), tx.objectStore('checkpoints').delete(checkpointsOf(id))];
      await completed(tx, Promise.all(deletes));
    });
  }

  async bytes(): Promise<number> {
    const stored = await this.#connection.with((db) => db.getAll('pointers'));
    return stored.reduce((sum: number, value) => sum + bytesOf(value), 0);
  }

  /** Closes the connection; the next call opens a new one. */
  close(): void {
    this.#connection.close();
  }
}

function isBytes(stored: unknown): stored is Uint8Array<ArrayBuffer> {
  return stored instanceof Uint8Array && stored.buffer instanceof ArrayBuffer;
}
