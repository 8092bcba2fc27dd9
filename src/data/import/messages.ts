import type { SkippedFile } from '../../domain/imageDataset';
import type { ImportProgress, ImportResult, ImportSettings } from '../importTypes';
import type { SourceFile } from '../sources';

/** From the page to the import worker. Files come in portions: cloning 50,000 at once would hold the page up. */
export type ImportRequest =
  | { readonly type: 'add'; readonly files: readonly SourceFile[] }
  | {
      readonly type: 'start';
      readonly name: string;
      readonly unreadable: readonly SkippedFile[];
      readonly settings: ImportSettings;
    };

/** From the import worker to the page; `done` and `failed` are the last word. */
export type ImportReply =
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'done'; readonly result: ImportResult }
  | { readonly type: 'failed'; readonly message: string; readonly skipped: readonly SkippedFile[] };
