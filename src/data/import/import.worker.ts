import { ImportError } from '../importError';
import type { SourceFile } from '../sources';
import { startDecoders } from './decodePool';
import type { ImportReply, ImportRequest } from './messages';
import { runImport } from './runImport';

/** Runs one import; the page then terminates this worker. It holds the lists and the pixels, so that the page's thread stays free. */
const files: SourceFile[] = [];

function reply(message: ImportReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function start({ name, unreadable, settings }: ImportRequest & { type: 'start' }): Promise<void> {
  try {
    const decoders = startDecoders(settings.size);
    const result = await runImport({ name, files, unreadable }, settings, decoders, (progress) =>
      reply({ type: 'progress', progress }),
    );
    reply({ type: 'done', result }, [result.dataset.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    const isExpected = error instanceof ImportError;
    const message = isExpected ? error.message : `Reading the images stopped: ${String(error)}. Try again.`;
    const { skipped, fittingBatch } = isExpected ? error : { skipped: [], fittingBatch: null };
    reply({ type: 'failed', message, skipped, fittingBatch });
  }
}

addEventListener('message', ({ data }: MessageEvent<ImportRequest>) => {
  switch (data.type) {
    case 'add':
      files.push(...data.files);
      return;
    case 'start':
      void start(data);
      return;
    default:
      data satisfies never;
  }
});
