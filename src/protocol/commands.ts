import type { BottomLine } from '../domain/bottomLine';
import type { DeriveOutcome, DeriveReading, FolderOutcome, FolderReading, LoadedImages } from '../domain/decodedFolder';
import type { Derivation } from '../domain/derivation';
import type { EngineInfo } from '../domain/engineInfo';
import type { Explored, ExploredBy, Found } from '../domain/exploration';
import type { PictureStorage } from '../domain/imageDataset';
import type { RunKeeping } from '../domain/keptRun';
import type { Picture } from '../domain/measurement';
import type { AugmentConfig, EngineChoice, LiveChange, LiveKey, LiveValue, RunConfig } from '../domain/runConfig';
import type { SuitTable } from '../domain/suiting/suitTable';
import type { EncoderFacts, OpenedFile, OpenedKeptEncoder, OpenedPreparation, TakenFile } from '../domain/takeAlong';
import type { WarmStart } from '../domain/warmStart';

/**
 * The commands of the page to the worker. Every command carries an `id` and is answered once, by a `reply` or a `failure` event with that
 * id. Commands about a run name it, so that a late command cannot affect the next run.
 */
export type Command = { readonly id: number } & CommandBody;

export type CommandBody =
  /** Starts an engine; answered with the adapter. Sent first, and again to restart after the device was lost. */
  | { readonly type: 'init'; readonly engine: EngineChoice }
  /** Hands a data set over. Its pixels, or the port to them, are transferred: the worker owns them from here on. */
  | ({ readonly type: 'setDataset' } & LoadedImages<MessagePort>)
  /** Reads the folders of the images anew, by other corrections. The images and the run stay as they are. */
  | { readonly type: 'readFolders'; readonly reading: FolderReading }
  /** Derives images from those that were loaded; `derivation` null: all of them. The images in use and the run stay as they are. */
  | { readonly type: 'derive'; readonly derivation: Derivation | null; readonly reading: DeriveReading }
  /** Puts the outcome of `readFolders` or `derive` to use. Ends the run. */
  | { readonly type: 'takeNext'; readonly number: number }
  /** Gets the kernels ready for a run of these settings, while its images are being loaded. */
  | { readonly type: 'prepare'; readonly config: RunConfig }
  /** About how many bytes of memory a step of a run of these settings needs. */
  | { readonly type: 'stepMemory'; readonly config: RunConfig }
  /** Builds a run at step 0, paused, with changes to replay at their steps. Ends the previous run. */
  | {
      readonly type: 'create';
      readonly runId: string;
      readonly config: RunConfig;
      readonly changes: readonly LiveChange[];
      /** Without it the run is not kept. */
      readonly keeping?: RunKeeping;
    }
  /**
   * Builds a run from a checkpoint in the storage, paused, and ends the previous run. The run reports that it is rewound to the checkpoint's
   * step, then all that was reported up to there.
   */
  | {
      readonly type: 'resume';
      readonly runId: string;
      /** The last readable checkpoint of a kept run, or the one of a step. */
      readonly from: { readonly id: string; readonly step: number | null };
      /** Changes that are made at once, in a fork. */
      readonly changes: readonly (readonly [key: LiveKey, value: LiveValue])[];
      readonly keeping: RunKeeping;
    }
  /** Writes a checkpoint after the present step; answered when it is written. Sent when the page is hidden. */
  | { readonly type: 'keep'; readonly runId: string }
  | { readonly type: 'train'; readonly runId: string }
  | { readonly type: 'pause'; readonly runId: string }
  /** One step, then paused. */
  | { readonly type: 'step'; readonly runId: string }
  /** A change in flight: takes effect at the next step. */
  | { readonly type: 'change'; readonly runId: string; readonly key: LiveKey; readonly value: LiveValue }
  /** Requests a linear evaluation of the present weights, made between two steps. It is answered at once; the result comes as a signal. */
  | { readonly type: 'evaluate'; readonly runId: string }
  | { readonly type: 'cancelEvaluation'; readonly runId: string }
  /**
   * Makes a file of the run after its present step, or of the images; the run waits meanwhile. Its progress comes as `progress` events.
   * `runId` is null where no run is needed: embeddings by an encoder that was opened.
   */
  | { readonly type: 'takeAlong'; readonly runId: string | null; readonly what: TakenFile }
  /** Ends the making of a file, whose command fails as `cancelled`. */
  | { readonly type: 'cancelTakeAlong' }
  /** Opens a project file, a checkpoint or an encoder; nothing is replaced where it does not fit. `keptId`: the id to keep its run under. */
  | { readonly type: 'openFile'; readonly file: Blob; readonly name: string; readonly keptId: string }
  /**
   * Reads the encoder of the last readable checkpoint of a kept run, which takes the place of the opened one; a run waits meanwhile. It normalises
   * as a run on the images in use does.
   */
  | { readonly type: 'openKept'; readonly keptId: string }
  /**
   * Embeds all images in use and compares them; a run waits meanwhile. Its progress comes as `progress` events. `runId` is null where no run
   * is needed.
   */
  | { readonly type: 'explore'; readonly runId: string | null; readonly by: ExploredBy }
  /** Ends the exploration under way, whose command fails as `cancelled`. */
  | { readonly type: 'cancelExplore' }
  /**
   * Measures whether the encoder of the last exploration is better for the images than the untrained network and than raw pixels; a run waits
   * meanwhile. Its progress comes as `progress` events.
   */
  | { readonly type: 'measureExplored' }
  /** Ends that, whose command fails as `cancelled`. */
  | { readonly type: 'cancelMeasuring' }
  /** The images nearest to one of them, or to a picture from a file, by the features of the last exploration. */
  | { readonly type: 'search'; readonly query: number | Blob; readonly most: number }
  /**
   * Searches for settings that suit the images by short runs, around these settings, and ends within so many seconds; the run waits
   * meanwhile. What is known so far comes with `progress` events, in milliseconds.
   */
  | { readonly type: 'suit'; readonly config: RunConfig; readonly seconds: number }
  /** Ends the search under way, whose command fails as `cancelled`. */
  | { readonly type: 'cancelSuit' }
  /**
   * Makes a run at step 0 that begins from the weights of the opened file, with these settings, and keeps it under `keptId`; a run waits
   * meanwhile. Answered as `openFile` is for a run.
   */
  | { readonly type: 'beginFromOpened'; readonly config: RunConfig; readonly keptId: string }
  /** Sets how images are prepared for the opened encoder. */
  | { readonly type: 'prepareOpened'; readonly as: OpenedPreparation }
  /** Data-set indices whose neighbours the gallery shows. */
  | { readonly type: 'setQueries'; readonly runId: string; readonly indices: readonly number[] }
  /** Pictures of some images, for the page to draw. */
  | { readonly type: 'thumbnails'; readonly indices: readonly number[] }
  /** Addresses of the code that the worker has loaded. */
  | { readonly type: 'usedFiles' }
  /** Two augmented views of some images, without a run. */
  | {
      readonly type: 'preview';
      readonly augment: AugmentConfig;
      readonly storage: PictureStorage;
      readonly seed: number;
      readonly indices: readonly number[];
    };

export type CommandType = CommandBody['type'];

/** A run that goes on from a checkpoint. */
export interface ResumedRunReply {
  readonly step: number;
  /** Its settings at step 0, the changes made up to this step, with those of a fork, and those that a link still has to make. */
  readonly config: RunConfig;
  readonly changes: readonly LiveChange[];
  /** The weights that its backbone began with; left out where it began with random ones. */
  readonly warmStart?: WarmStart | undefined;
  /** What could not be had as it was before, each as a sentence for the person; damaged checkpoints that were left out are among them. */
  readonly notes: readonly string[];
}

/** What a command is answered with. */
export interface Replies {
  init: EngineInfo;
  setDataset: null;
  readFolders: FolderOutcome;
  derive: DeriveOutcome;
  takeNext: null;
  prepare: null;
  stepMemory: number;
  create: null;
  resume: ResumedRunReply;
  keep: null;
  train: null;
  pause: null;
  step: null;
  change: null;
  evaluate: null;
  cancelEvaluation: null;
  takeAlong: { readonly name: string; readonly file: Blob };
  cancelTakeAlong: null;
  openFile: OpenedFile;
  openKept: OpenedKeptEncoder;
  explore: Explored;
  cancelExplore: null;
  measureExplored: BottomLine;
  cancelMeasuring: null;
  search: readonly Found[];
  suit: SuitTable;
  cancelSuit: null;
  beginFromOpened: OpenedFile;
  prepareOpened: EncoderFacts & { readonly isNormalisationStated: boolean };
  setQueries: null;
  thumbnails: readonly Picture[];
  usedFiles: readonly string[];
  preview: {
    readonly size: number;
    readonly x1: Uint8ClampedArray<ArrayBuffer>;
    readonly x2: Uint8ClampedArray<ArrayBuffer>;
  };
}
