import { undecodedFiles } from '../../data/filesToKeep';
import { pixelsToTransfer } from '../../data/import/picturePort';
import { HOLD_OUT_SEED } from '../../data/importTypes';
import { counted } from '../../domain/counted';
import type { FolderRefusal } from '../../domain/decodedFolder';
import { type Derivation, isSameDerivation } from '../../domain/derivation';
import { correctionsText, type FolderRole, withCorrection } from '../../domain/folderCorrections';
import type { DatasetInfo, SampleId, SkippedFile } from '../../domain/imageDataset';
import type { FolderReference } from '../../domain/shareLink';
import { EngineFailure } from '../engine/engineClient';
import type { EngineSession } from '../engine/engineSession';
import { type NoticeStore, notify } from '../noticeStore';
import { type Corrections, DatasetLoading, type ImageLoaders, type LoadSettings, type Origin } from './datasetLoading';
import { type DatasetStore, NO_PROBLEM, type SamplePart } from './datasetStore';
import type { OwnImagesInUse } from './keptImages';
import { Thumbnails } from './thumbnails';

/** The stores that describe the images in use. */
export interface ImageStores {
  readonly datasetStore: DatasetStore;
  readonly noticeStore: NoticeStore;
}

/** Images that were refused. */
export interface Refused {
  readonly origin: Origin;
  readonly corrections: Corrections;
}

/** Whether pictures are kept with the same pixels. */
function areKeptAlike(a: LoadSettings, b: LoadSettings): boolean {
  // Whole pictures do not depend on the network's input.
  return a.sourceSize === b.sourceSize && (a.sourceSize !== 'square' || a.imageSize === b.imageSize);
}

/** What loading images depends on. */
export interface ImageParts {
  readonly engine: EngineSession;
  readonly loaders: ImageLoaders;
  /** How to load images of this origin. */
  settings(origin: Origin): LoadSettings;
  /** Called, and awaited, before other images are sent to the worker. */
  leaveImages(): Promise<void>;
}

/** The images that the page trains on: their origin, and the worker that holds them. */
export class ImagesInUse {
  readonly thumbnails: Thumbnails;
  readonly #stores: ImageStores;
  readonly #parts: ImageParts;
  readonly #loading: DatasetLoading;
  #origin: Origin | null = null;
  /** How the images in use were loaded. */
  #loaded: LoadSettings | null = null;
  #refused: Refused | null = null;
  /** The number of the worker that the images were sent to. */
  #holder = 0;
  /** Whether that worker can read the folders of the images anew. */
  #holdsFolder = false;
  /** The files of the images in use that could not be decoded. */
  #undecoded: readonly SkippedFile[] = [];
  /** How images are derived from those of their origin, or are to be once these are loaded; missing where they are not. */
  readonly #derivations = new WeakMap<Origin, Derivation>();
  #isJoining = false;
  #isBeingReplaced = false;

  constructor(stores: ImageStores, parts: ImageParts) {
    const { loaders, engine } = parts;
    this.#stores = stores;
    this.#parts = parts;
    this.thumbnails = new Thumbnails((indices) => engine.request<'thumbnails'>({ type: 'thumbnails', indices }));
    this.#loading = new DatasetLoading(stores.datasetStore, loaders, {
      take: async ({ dataset, decoded }) => {
        this.#isBeingReplaced = true;
        await parts.leaveImages();
        await engine.request<'setDataset'>({ type: 'setDataset', dataset, decoded }, [pixelsToTransfer(dataset)]);
        this.#holder = engine.workerNumber;
        this.#holdsFolder = decoded !== undefined;
        this.#undecoded = decoded === undefined ? [] : undecodedFiles(decoded);
        this.thumbnails.replace(dataset.count);
      },
      readFolders: (reading) => engine.request<'readFolders'>({ type: 'readFolders', reading }),
      takeNext: (number, count) => this.#takeNext(number, count),
    });
  }

  async #takeNext(number: number, count: number): Promise<void> {
    this.#isBeingReplaced = true;
    await this.#parts.leaveImages();
    await this.#parts.engine.request<'takeNext'>({ type: 'takeNext', number });
    this.thumbnails.replace(count);
  }

  /** The origin of the images in use; null before the first load. */
  get origin(): Origin | null {
    return this.#origin;
  }

  /** The images in use, where they are a person's own; else null. */
  get own(): OwnImagesInUse | null {
    const source = this.#stores.datasetStore.getState().info?.source;
    if (source?.kind !== 'folder' || this.#origin?.kind !== 'files') return null;
    const { name, fingerprint, count } = source;
    return { origin: this.#origin, name, fingerprint, count, undecoded: this.#undecoded };
  }

  /** How many images the images in use were loaded for (the setting `images`). */
  get wantedCount(): number {
    return this.#loaded?.images ?? 0;
  }

  /** Whether other images are being sent to the worker, so that no run can be built until they are in use. */
  get isBeingReplaced(): boolean {
    return this.#isBeingReplaced;
  }

  /**
   * Whether a run with the present settings needs the images loaded again: they have another number, size, version, hold-out or reading of
   * folders, or their worker was replaced.
   */
  areStale(): boolean {
    if (this.#origin === null) return false;
    if (this.#loaded === null || this.#holder !== this.#parts.engine.workerNumber) return true;
    const settings = this.#parts.settings(this.#origin);
    const { sample, holdOut, labelRule } = settings;
    if (!areKeptAlike(settings, this.#loaded) || settings.images !== this.#loaded.images) return true;
    if (this.#origin.kind === 'sample') {
      const isHeldOutAnew = this.#derivations.has(this.#origin) && holdOut !== this.#loaded.holdOut;
      return sample !== this.#loaded.sample || isHeldOutAnew;
    }
    // Splits and classes are those of the file.
    if (this.#origin.kind === 'project') return false;
    return holdOut !== this.#loaded.holdOut || labelRule !== this.#loaded.labelRule;
  }

  /**
   * Stores the folder that a link asks for, unless it is in use already; null if the link asks for none. Returns whether the folder in use
   * is to be loaded again, since the link corrects its folders otherwise, or chooses other images of it.
   */
  waitFor(folder: FolderReference | null, derivation?: Derivation): boolean {
    const { info, plan } = this.#stores.datasetStore.getState();
    const isProject = this.#origin?.kind === 'project';
    const areDerived = isSameDerivation(info?.derivation, derivation);
    // The images of a project file are those that were chosen and corrected; others cannot be had from it.
    const isInUse =
      info?.source.kind === 'folder' && info.source.fingerprint === folder?.fingerprint && (areDerived || !isProject);
    const isOtherwise =
      !isProject &&
      (!areDerived || correctionsText(folder?.corrections ?? []) !== correctionsText(plan?.corrections ?? []));
    const isToBeRead = isInUse && isOtherwise;
    const wanted =
      folder === null || (isInUse && !isToBeRead) ? null : { ...folder, ...(derivation && { derivation }) };
    this.#stores.datasetStore.setState({ wanted });
    return isToBeRead;
  }

  /** Whether the worker holds these images as these settings keep them, so that only their folders need to be read again. */
  #areHeld(origin: Origin, settings: LoadSettings): boolean {
    if (origin !== this.#origin || this.#loaded === null) return false;
    if (!this.#holdsFolder || this.#holder !== this.#parts.engine.workerNumber) return false;
    // The rule also decides the order of the images.
    return areKeptAlike(settings, this.#loaded) && settings.labelRule === this.#loaded.labelRule;
  }

  /** Corrects what a folder of the images in use is taken for, without decoding them again; `role` null undoes the correction of the folder. */
  correct(position: number, role: FolderRole | null): Promise<DatasetInfo | null> {
    const { plan, correcting } = this.#stores.datasetStore.getState();
    if (this.#origin === null || plan === null) return Promise.resolve(null);
    const corrections = withCorrection(correcting ?? plan.corrections, position, role);
    return this.load(this.#origin, { corrections }, null);
  }

  /** The images whose refusal is shown, and the corrections that they were refused with; null where none is. */
  get refused(): Refused | null {
    return this.#refused;
  }

  /** By default those of the link that the images are loaded for, and those in effect when the same images are loaded again. */
  #correctionsFor(origin: Origin): Corrections {
    const { plan, wanted } = this.#stores.datasetStore.getState();
    if (origin.kind !== 'files') return {};
    if (wanted !== null) return { corrections: wanted.corrections ?? [], correctionsFor: wanted.fingerprint };
    return origin === this.#origin ? { corrections: plan?.corrections ?? [] } : {};
  }

  /** As `#correctionsFor`, how images are derived. */
  #derivationFor(origin: Origin): Derivation | null {
    const { wanted } = this.#stores.datasetStore.getState();
    if (origin.kind === 'files' && wanted !== null) return wanted.derivation ?? null;
    return this.#derivations.get(origin) ?? null;
  }

  #keepDerivation(origin: Origin, derivation: Derivation | null): void {
    if (derivation === null) this.#derivations.delete(origin);
    else this.#derivations.set(origin, derivation);
  }

  /**
   * Loads images. Those in use stay until the new ones are complete. Resolves with the new data set in use; with null when the load
   * was cancelled, replaced by another one or failed (the store holds the reason).
   * @param derivation how they are derived once they are loaded; null: not at all
   * @param shown why a later load failed, which stays shown
   */
  async load(
    origin: Origin,
    corrections: Corrections = this.#correctionsFor(origin),
    derivation: Derivation | null = this.#derivationFor(origin),
    shown = NO_PROBLEM,
  ): Promise<DatasetInfo | null> {
    const before = this.#derivations.get(origin) ?? null;
    this.#keepDerivation(origin, derivation);
    // Set before the load, so that the first images are loaded again if the worker fails meanwhile.
    this.#origin ??= origin;
    const isOwn = shown.problem === null;
    if (isOwn) this.#refused = null;
    const settings = this.#parts.settings(origin);
    const areHeld = this.#areHeld(origin, settings);
    const outcome = await this.#loading.load(origin, settings, corrections, areHeld, shown);
    if (typeof outcome === 'string') this.#isBeingReplaced = false;
    if (isOwn && outcome === 'refused') this.#refused = { origin, corrections };
    if (typeof outcome !== 'string') {
      this.#origin = origin;
      this.#loaded = settings;
      this.#stores.datasetStore.setState({
        part: this.#partOf(origin, settings, outcome),
        isWholeHeld: outcome.derivation === undefined,
        derivationNotes: [],
      });
      if (origin.kind !== 'project') this.#compareWithWanted(outcome);
      else this.#stores.datasetStore.setState({ wanted: null });
      const derived = derivation === null ? outcome : await this.#deriveLoaded(origin, derivation, outcome);
      this.#isBeingReplaced = false;
      return derived;
    }
    const { info: inUse, loading, problem, problemFiles, fittingBatch } = this.#stores.datasetStore.getState();
    if (inUse !== null && origin === this.#origin) this.#keepDerivation(origin, before);
    // Images that were refused would be refused again.
    if (outcome === 'refused' && inUse === null && this.#origin === origin) this.#origin = null;
    const first = this.#origin;
    // This load had cancelled the load of the first images, so that no images are in use: load the first ones again.
    const isWanting = inUse === null && loading === null && first !== null && first !== origin;
    if (!isWanting) return null;
    const failure = { problem, problemFiles, fittingBatch };
    return this.load(first, this.#correctionsFor(first), this.#derivationFor(first), failure);
  }

  /** Derives images that were just loaded. Where that is refused, all of them are used, which a notice says. */
  async #deriveLoaded(origin: Origin, derivation: Derivation, whole: DatasetInfo): Promise<DatasetInfo | null> {
    const outcome = await this.#deriveHeld(origin, derivation);
    if (outcome === null || !('refusal' in outcome)) return outcome;
    this.#derivations.delete(origin);
    notify(this.#stores.noticeStore, `${outcome.refusal.message} All images of “${whole.name}” are used.`);
    return whole;
  }

  /**
   * Derives images from those that were loaded, without loading them again where the worker holds them; null: all of them as they are. Those
   * in use stay where it is refused. Resolves with null where other images came between, or the engine failed.
   */
  async derive(derivation: Derivation | null): Promise<DatasetInfo | { readonly refusal: FolderRefusal } | null> {
    const origin = this.#origin;
    if (origin === null || this.#stores.datasetStore.getState().loading !== null) return null;
    if (this.areStale()) return this.load(origin, this.#correctionsFor(origin), derivation);
    this.keepPart();
    const outcome = await this.#deriveHeld(origin, derivation);
    this.#isBeingReplaced = false;
    return outcome;
  }

  async #deriveHeld(
    origin: Origin,
    derivation: Derivation | null,
  ): Promise<DatasetInfo | { readonly refusal: FolderRefusal } | null> {
    const { holdOut, batchSize } = this.#parts.settings(origin);
    const reading = { seed: HOLD_OUT_SEED, holdOut, batchSize };
    try {
      const outcome = await this.#parts.engine.request<'derive'>({ type: 'derive', derivation, reading });
      if ('refusal' in outcome) return outcome;
      const { number, info, notes } = outcome;
      await this.#takeNext(number, info.count);
      this.#keepDerivation(origin, derivation);
      if (this.#loaded !== null) this.#loaded = { ...this.#loaded, holdOut };
      this.#stores.datasetStore.setState({ info, derivationNotes: notes });
      return info;
    } catch (error) {
      // The page shows errors of the engine elsewhere; images that were loaded meanwhile are the ones in use.
      if (error instanceof EngineFailure) return null;
      throw error;
    }
  }

  #partOf(origin: Origin, settings: LoadSettings, { count }: DatasetInfo): SamplePart | null {
    if (origin.kind !== 'sample' || settings.images === 0) return null;
    const { id, parts } = origin;
    if (parts === undefined || count >= parts.total) return null;
    const { part } = this.#stores.datasetStore.getState();
    if (part?.id === id && part.count === count) return part;
    const { isFirstPart } = settings;
    return { id, count, total: parts.total, isFixed: !isFirstPart, rest: isFirstPart ? 'coming' : 'away' };
  }

  /**
   * Loads the whole sample in place of its part in use, without showing it. Resolves with null when `keepPart` was called meanwhile, when
   * other images were loaded, or when it failed.
   */
  async join(): Promise<DatasetInfo | null> {
    const origin = this.#origin;
    if (origin === null) return null;
    const settings: LoadSettings = { ...this.#parts.settings(origin), images: 0, isFirstPart: false };
    this.#isJoining = true;
    const outcome = await this.#loading.load(origin, settings, {}, false, NO_PROBLEM, true);
    this.#isJoining = false;
    this.#isBeingReplaced = false;
    if (typeof outcome === 'string') return null;
    this.#loaded = settings;
    this.#stores.datasetStore.setState({ part: null, derivationNotes: [] });
    return outcome;
  }

  /** Called when a run is started: it keeps to the images that are there. */
  keepPart(): void {
    const { part } = this.#stores.datasetStore.getState();
    if (part === null || part.isFixed) return;
    this.#stores.datasetStore.setState({ part: { ...part, isFixed: true } });
    if (this.#isJoining) this.#loading.cancel();
  }

  /** Downloads the rest of a sample for a later run. */
  download(id: SampleId): Promise<void> {
    return this.#parts.loaders.fetchRest(id);
  }

  /** Cancels the current load, if there is one. */
  cancel(): void {
    this.#loading.cancel();
  }

  #compareWithWanted({ name, source }: DatasetInfo): void {
    const { datasetStore, noticeStore } = this.#stores;
    const { plan, wanted } = datasetStore.getState();
    datasetStore.setState({ wanted: null });
    if (plan?.isMisfit === true) {
      const text = `The corrections of folders name places that “${name}” does not have: none of them is used.`;
      notify(noticeStore, text);
    }
    if (wanted === null || source.kind !== 'folder' || wanted.fingerprint === source.fingerprint) return;
    const unused = (wanted.corrections ?? []).length > 0 ? ' The link’s corrections of folders are not used.' : '';
    const text = `“${name}” is not the folder this link was made with (“${wanted.name}”, ${counted(wanted.count, 'image')}): the run will differ.${unused}`;
    notify(noticeStore, text);
  }
}
