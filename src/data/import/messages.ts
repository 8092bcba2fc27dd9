import type { SkippedFile } from '../../domain/imageDataset';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { FoundFiles } from '../sources';

/** From the page to the import worker: `project`, or `start`, then the files as they are found, then `end`. */
export type ImportRequest =
  /** Alone: the images in a project file. */
  | { readonly type: 'project'; readonly file: File; readonly settings: ImportSettings }
  | { readonly type: 'start'; readonly name: string; readonly settings: ImportSettings }
  /** Files are sent one by one: cloning many at once would block the page. */
  | ({ readonly type: 'add' } & FoundFiles)
  | { readonly type: 'end' };

/** From the import worker to the page; only `closed` follows `done`, and nothing follows `failed`. */
export type ImportReply =
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'done'; readonly result: ImportResult<MessagePort> }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly skipped: readonly SkippedFile[];
      readonly fittingBatch: number | null;
    }
  /** The pictures that the worker keeps compressed are not needed any more. */
  | { readonly type: 'closed' };
