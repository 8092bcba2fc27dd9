import type { SampleManifest } from '../../src/data/sample/unpackSample';

/** A sample to be written: `images` have `tile * tile * channels` bytes each, in the manifest's order. */
export interface PackedSample {
  readonly channels: 1 | 3;
  readonly images: readonly Uint8Array[];
  readonly manifest: SampleManifest;
}
