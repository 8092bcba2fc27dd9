import type { ImageDataset, ImageSize, SampleId } from '../../domain/imageDataset';

export interface SampleProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** From the page to the sample worker, once. */
export interface SampleRequest {
  readonly id: SampleId;
  readonly size: ImageSize;
  /** Absolute address of the folder with the sheets, ending in `/`. */
  readonly folder: string;
  /** Size of the sheet, for the progress: servers may not tell it. */
  readonly totalBytes: number;
}

/** From the sample worker to the page; `done` and `failed` are the last word. */
export type SampleReply =
  | { readonly type: 'progress'; readonly progress: SampleProgress }
  | { readonly type: 'done'; readonly dataset: ImageDataset }
  | { readonly type: 'failed'; readonly reason: string };
