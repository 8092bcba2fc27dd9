import type { ImageDataset, PictureStorage, SampleId, SampleVersion } from '../../domain/imageDataset';

export interface SampleProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** From the page to the sample worker, once. */
export interface SampleRequest {
  readonly id: SampleId;
  readonly version: SampleVersion;
  readonly storage: PictureStorage;
  /** How many images to unpack (the setting `images`). */
  readonly images: number;
  /** Absolute address of the folder with the sheets, ending in `/`. */
  readonly folder: string;
}

/** From the sample worker to the page; no message follows `done` or `failed`. */
export type SampleReply =
  | { readonly type: 'progress'; readonly progress: SampleProgress }
  | { readonly type: 'done'; readonly dataset: ImageDataset }
  /** `unreachable`: the network failed, and nothing was kept of an earlier visit. */
  | { readonly type: 'failed'; readonly reason: string; readonly unreachable: boolean };
