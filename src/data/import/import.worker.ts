import { withReader } from '../../domain/decodedFolder';
import { ImportError } from '../importError';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import { importProject } from '../project/importProject';
import type { FoundFiles } from '../sources';
import { startDecoders } from './decodePool';
import type { ImportReply, ImportRequest } from './messages';
import { pixelsToTransfer, servePictures } from './picturePort';
import type { Decoder } from './readImages';
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

type Run = (decoders: readonly Decoder[], onProgress: (progress: ImportProgress) => void) => Promise<ImportResult>;

async function start(settings: ImportSettings, run: Run): Promise<void> {
  try {
    const onProgress = (progress: ImportProgress) => reply({ type: 'progress', progress });
    const { skipped, plan, ...images } = await run(startDecoders(settings), onProgress);
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
    case 'start': {
      const { name, settings } = data;
      void start(settings, (...more) => runImport({ name, found: arriving() }, settings, ...more));
      return;
    }
    case 'project': {
      const { file, settings } = data;
      void start(settings, (...more) => importProject(file, file.name, settings, ...more));
      return;
    }
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
