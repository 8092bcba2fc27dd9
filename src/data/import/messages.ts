import type { SkippedFile } from '../../domain/imageDataset';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { FoundFiles } from '../sources';

/** From the page to the import worker: `start`, then the files as they are found, then `end`. */
export type ImportRequest =
  | { readonly type: 'start'; readonly name: string; readonly settings: ImportSettings }
  /** Files are sent one by one: cloning many at once would block the page. */
  | ({ readonly type: 'add' } & FoundFiles)
  | { readonly type: 'end' };

/** From the import worker to the page; no message follows `done` or `failed`. */
export type ImportReply =
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'done'; readonly result: ImportResult }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly skipped: readonly SkippedFile[];
      readonly fittingBatch: number | null;
    };
