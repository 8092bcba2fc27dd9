import type { Clusters, QualityEntry } from './exploration';
import type { DatasetIdentity } from './keptRun';
import type { ProbeEvaluation } from './probeEvaluation';
import type { LiveChange, RunConfig } from './runConfig';

/** How an encoder is written: for PyTorch, for ONNX runtimes, or as a model of transformers.js (.zip). */
export const ENCODER_FORMATS = ['safetensors', 'onnx', 'transformers'] as const;
export type EncoderFormat = (typeof ENCODER_FORMATS)[number];

/** How embeddings are written: as one table, or as an array with a CSV of paths beside it (.zip). */
export const EMBEDDING_FORMATS = ['parquet', 'npy'] as const;
export type EmbeddingFormat = (typeof EMBEDDING_FORMATS)[number];

/** What exploring found of each of n images, for further columns of their embeddings; -1 in a list of images: none. */
export interface ImageFindings {
  /** null where no clusters were found. */
  readonly clusters: Pick<Clusters, 'labels' | 'probabilities' | 'outlierScores'> | null;
  /** [n]: the image that is kept of those with equal pixels. */
  readonly duplicateOf: Int32Array<ArrayBuffer>;
  /** [n]: the image that is kept of those that show the same; null where they were not looked for to the end. */
  readonly nearDuplicateOf: Int32Array<ArrayBuffer> | null;
  /** What may be wrong with pictures; null where it was not measured. */
  readonly quality: readonly QualityEntry[] | null;
}

/** What only the page knows of a run. */
export interface PageFacts {
  /** The name that the person gave; null where there is none. */
  readonly name: string | null;
  /** Milliseconds since 1970, at the first step. */
  readonly created: number;
  readonly dataset: DatasetIdentity;
  readonly evaluation: ProbeEvaluation | null;
}

/** A file that a person takes along of the run on the page. */
export type TakenFile =
  | { readonly kind: 'encoder'; readonly format: EncoderFormat }
  /** Of all images in use, by the encoder of the run or by one that was opened; with what exploring found, where there is something. */
  | {
      readonly kind: 'embeddings';
      readonly format: EmbeddingFormat;
      readonly by: 'run' | 'opened';
      readonly findings?: ImageFindings | null;
    }
  /** The whole run, which goes on wherever the file is opened. */
  | { readonly kind: 'project'; readonly withImages: boolean; readonly facts: PageFacts };

/** What the page shows of an encoder that the worker holds. */
export interface EncoderFacts {
  /** The title of its backbone. */
  readonly backbone: string;
  readonly featureDim: number;
  /** Side in pixels of the images that it was trained on. */
  readonly imageSize: number;
  /** The settings that a run of the same network has. */
  readonly network: Pick<RunConfig, 'backbone' | 'stem' | 'stemStride' | 'imageSize' | 'sourceSize'>;
}

/** How images are prepared for an encoder whose file does not say: as for ImageNet, not normalised, or as a `preprocessor_config.json` says. */
export type OpenedPreparation =
  | { readonly kind: 'imagenet' }
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

/** The encoder of a kept run, which the worker holds from now on. */
export interface OpenedKeptEncoder extends EncoderFacts {
  /** Finished updates. */
  readonly step: number;
  /** Later checkpoints that are damaged, each as a sentence for the person. */
  readonly notes: readonly string[];
}

/** A file that was opened, once all of it was checked. */
export type OpenedFile =
  /** A project file or a checkpoint: the run is among the kept runs now, under the id that was asked for. */
  | ({
      readonly kind: 'run';
      readonly id: string;
      /** Settings at step 0, and changes made in flight. */
      readonly config: RunConfig;
      readonly changes: readonly LiveChange[];
      readonly step: number;
      /** Whether the file holds the images of the run. */
      readonly hasImages: boolean;
    } & PageFacts)
  /** An encoder, which the worker holds from now on for embeddings. */
  | ({
      readonly kind: 'encoder';
      /** What the reader of the file had to assume, as sentences for the person. */
      readonly notes: readonly string[];
      /** Whether the file says what images are normalised with. */
      readonly isNormalisationStated: boolean;
    } & EncoderFacts)
  /** A .zip archive without a run; it may hold images. */
  | { readonly kind: 'other' };
