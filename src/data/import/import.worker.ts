import { withReader } from '../../domain/decodedFolder';
import { ImportError } from '../importError';
import type { FoundFiles } from '../sources';
import { startDecoders } from './decodePool';
import type { ImportReply, ImportRequest } from './messages';
import { pixelsToTransfer, servePictures } from './picturePort';
import { runImport } from './runImport';

/**
 * Runs one import; the page then terminates this worker, unless it keeps the pictures compressed: then it decodes them on demand, with the same
 * workers. It holds the lists and the pixels, so that the page's thread stays free.
 */
let arrived: FoundFiles[] = [];
let isComplete = false;
let wake = () => {};

/** What has arrived from the page since it was last asked for, as one portion. */
async function* arriving(): AsyncGenerator<FoundFiles> {
  for (;;) {
    const portions = arrived;
    arrived = [];
    if (portions.length > 0) {
      yield {
        files: portions.flatMap(({ files }) => files),
        unreadable: portions.flatMap(({ unreadable }) => unreadable),
      };
      continue;
    }
    if (isComplete) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

function reply(message: ImportReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function start({ name, settings }: ImportRequest & { type: 'start' }): Promise<void> {
  try {
    const decoders = startDecoders(settings);
    const { skipped, plan, ...images } = await runImport({ name, found: arriving() }, settings, decoders, (progress) =>
      reply({ type: 'progress', progress }),
    );
    const { dataset, decoded } = withReader(images, (reader) => {
      const { port1, port2 } = new MessageChannel();
      servePictures(reader, port1, () => reply({ type: 'closed' }));
      return port2;
    });
    reply({ type: 'done', result: { dataset, skipped, plan, decoded } }, [pixelsToTransfer(dataset)]);
  } catch (error) {
    const isExpected = error instanceof ImportError;
    const message = isExpected ? error.message : `Reading the images stopped: ${String(error)}. Try again.`;
    const { skipped, fittingBatch } = isExpected ? error : { skipped: [], fittingBatch: null };
    reply({ type: 'failed', message, skipped, fittingBatch });
  }
}

addEventListener('message', ({ data }: MessageEvent<ImportRequest>) => {
  switch (data.type) {
    case 'start':
      void start(data);
      return;
    case 'add':
      arrived.push(data);
      wake();
      return;
    case 'end':
      isComplete = true;
      wake();
      return;
    default:
      data satisfies never;
  }
});
