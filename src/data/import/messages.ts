import type { SkippedFile } from '../../domain/imageDataset';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { SourceFile } from '../sources';

/** From the page to the import worker. Files are sent in portions: cloning 50,000 at once would block the page. */
export type ImportRequest =
  | { readonly type: 'add'; readonly files: readonly SourceFile[] }
  | {
      readonly type: 'start';
      readonly name: string;
      readonly unreadable: readonly SkippedFile[];
      readonly settings: ImportSettings;
    };

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
