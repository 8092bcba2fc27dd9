import { type LoadedDataset, type PictureReader, UnreadablePicture } from '../../domain/imageDataset';

/** From the reader of the pictures to the worker that keeps them. */
type Request =
  | { readonly type: 'read'; readonly id: number; readonly indices: readonly number[] }
  | { readonly type: 'close' };

type Reply =
  | { readonly id: number; readonly pixels: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly id: number; readonly reason: string };

/** What is transferred when a data set is sent between threads: its pixels, or the port to them. */
export function pixelsToTransfer(dataset: LoadedDataset<MessagePort>): ArrayBuffer | MessagePort {
  return 'reader' in dataset ? dataset.reader : (dataset.pixels.buffer as ArrayBuffer);
}

/** Tells the worker on the other side of a port that nobody will read its pictures. */
export function closePictures(port: MessagePort): void {
  port.postMessage({ type: 'close' } satisfies Request);
  port.close();
}

/**
 * Answers the requests that arrive at a port.
 * @param onClose called when the other side has closed it, or has ended
 */
export function servePictures(reader: PictureReader, port: MessagePort, onClose: () => void): void {
  const read = async ({ id, indices }: Request & { type: 'read' }) => {
    try {
      const pixels = (await reader.read(indices)) as readonly Uint8Array<ArrayBuffer>[];
      port.postMessage({ id, pixels } satisfies Reply, { transfer: pixels.map(({ buffer }) => buffer) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, reason } satisfies Reply);
    }
  };
  const close = () => {
    port.close();
    reader.close();
    onClose();
  };
  port.onmessage = ({ data }: MessageEvent<Request>) => {
    if (data.type === 'read') void read(data);
    else close();
  };
  // Not all browsers report a port whose other side has ended.
  port.addEventListener('close', close);
}

/** The pictures that another worker keeps, read through a port. */
export class PicturePort implements PictureReader {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #asked = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    };
    port.addEventListener('close', () =>
      this.#end('The worker that keeps the images has ended. Load the images again.'),
    );
  }

  read(indices: readonly number[]): Promise<readonly Uint8Array[]> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (reply) => {
        if ('pixels' in reply) resolve(reply.pixels);
        else reject(new UnreadablePicture(reply.reason));
      });
      this.#port.postMessage({ type: 'read', id, indices } satisfies Request);
    });
  }

  close(): void {
    closePictures(this.#port);
    this.#end('Other images were loaded.');
  }

  #end(reason: string): void {
    for (const [id, answer] of this.#waiting) answer({ id, reason });
    this.#waiting.clear();
  }
}
