import type { SampleManifest } from '../../src/data/sample/unpackSample';

/** A sample to be written: `images` have `tile * tile * channels` bytes each, in the manifests' order. */
export interface PackedSample {
  readonly channels: 1 | 3;
  readonly images: readonly Uint8Array[];
  /** The manifest of each version, from version 1; all have the same images in the same places. */
  readonly manifests: readonly [SampleManifest, ...SampleManifest[]];
}
