import { PicturePort } from '../../../src/data/import/picturePort';
import { ImportError } from '../../../src/data/importError';
import { importImages } from '../../../src/data/importImages';
import type { ImportOptions, ImportProgress, ImportResult, ImportSettings } from '../../../src/data/importTypes';
import { loadSample } from '../../../src/data/samples';
import { type ImageSources, sourcesFromDrop, sourcesFromFileList } from '../../../src/data/sources';
import { type PictureStorage, SAMPLE_VERSIONS, type SampleId } from '../../../src/domain/imageDataset';

/** The result of one import, and the load on the page's main thread. */
export interface ImportReport {
  readonly result: ImportResult<MessagePort> | null;
  /** The message of an ImportError; null if the import succeeded. */
  readonly error: string | null;
  readonly seconds: number;
  readonly progress: readonly ImportProgress[];
  /** Durations in milliseconds of main-thread tasks of 50 ms and more; the browser does not report shorter ones. */
  readonly longTasks: readonly number[];
}

/** The import without a user interface, for scripts and tests. */
declare global {
  interface Window {
    importPicked(inputId: string, settings: ImportSettings, cancelAfterMs?: number): Promise<ImportReport>;
    /** The import of the next drop on the page. */
    importDropped(settings: ImportSettings): Promise<ImportReport>;
    /** The pixels of all images of an import in their order, also where they are kept compressed, whose worker then ends. */
    pixelsOf(report: ImportReport): Promise<Uint8Array>;
    loadSampleBytes(id: SampleId, storage: PictureStorage): Promise<{ pixels: Uint8Array; progress: number }>;
  }
}

async function report(collect: Promise<ImageSources>, options: ImportOptions): Promise<ImportReport> {
  const longTasks: number[] = [];
  const observer = new PerformanceObserver((list) =>
    longTasks.push(...list.getEntries().map(({ duration }) => duration)),
  );
  observer.observe({ entryTypes: ['longtask'] });
  const progress: ImportProgress[] = [];
  const start = performance.now();
  let result: ImportResult<MessagePort> | null = null;
  let error: string | null = null;
  try {
    result = await importImages(await collect, { ...options, onProgress: (state) => progress.push(state) });
  } catch (reason) {
    if (!(reason instanceof ImportError || options.signal?.aborted)) throw reason;
    error = reason instanceof Error ? reason.message : String(reason);
  }
  const seconds = (performance.now() - start) / 1000;
  // Long tasks are reported after they end.
  await new Promise((resolve) => setTimeout(resolve, 200));
  observer.disconnect();
  return { result, error, seconds, progress, longTasks };
}

window.importPicked = async (inputId, settings, cancelAfterMs) => {
  const input = document.getElementById(inputId);
  if (!(input instanceof HTMLInputElement) || input.files === null) throw new Error(`${inputId}: no such file input`);
  const signal = cancelAfterMs === undefined ? undefined : AbortSignal.timeout(cancelAfterMs);
  return report(sourcesFromFileList(input.files), { ...settings, signal });
};

document.addEventListener('dragover', (event) => event.preventDefault());

window.importDropped = (settings) =>
  new Promise((resolve, reject) => {
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer === null) return;
      report(sourcesFromDrop(event.dataTransfer), settings).then(resolve, reject);
    };
    document.addEventListener('drop', onDrop, { once: true });
  });

window.pixelsOf = async ({ result }) => {
  const dataset = result?.dataset;
  if (dataset === undefined) return new Uint8Array();
  if (!('reader' in dataset)) return dataset.pixels;
  const reader = new PicturePort(dataset.reader);
  const pictures = await reader.read([...dataset.numbers]);
  reader.close();
  return new Uint8Array(await new Blob(pictures as Uint8Array<ArrayBuffer>[]).arrayBuffer());
};

window.loadSampleBytes = async (id, storage) => {
  let progress = 0;
  const { pixels } = await loadSample(id, {
    version: SAMPLE_VERSIONS[id],
    storage,
    images: 0,
    onProgress: () => progress++,
  });
  return { pixels, progress };
};
