import { importImages, importProject } from '../data/importImages';
import { fetchRest, loadSample } from '../data/samples';
import { CheckpointDatabase } from '../storage/checkpointDatabase';
import { KeptImageDatabase } from '../storage/keptImageDatabase';
import { RunDatabase } from '../storage/runDatabase';
import { originOfSample } from './data/origins';
import { openWorker } from './engine/openWorker';
import { Lab } from './lab';
import { syncLink } from './link/linkSync';

/**
 * Where the weights of a run are not kept, closing the page asks for confirmation once the run has taken this many steps, which is minutes
 * on most machines.
 */
const STEPS_WORTH_ASKING = 500;

/** What a tab tells the others when it has written, renamed or deleted a run. */
interface RunNews {
  readonly id: string;
  /** Whether the run trains in that tab. */
  readonly trains: boolean;
}

function isRunNews(data: unknown): data is RunNews {
  if (typeof data !== 'object' || data === null || !('id' in data) || !('trains' in data)) return false;
  return typeof data.id === 'string' && typeof data.trains === 'boolean';
}

/** The page's small storage; null where the browser's settings forbid it. */
function storageOf(page: Window): Storage | null {
  try {
    return page.localStorage;
  } catch {
    return null;
  }
}

/** Opens the lab of a page from its address, with the training worker and the built-in samples. */
export function openLab(page: Window): Lab {
  const otherTabs = new BroadcastChannel('simsiam-lab-runs');
  const lab = new Lab(page.location.hash, {
    openWorker,
    loaders: { loadSample, fetchRest, importImages, importProject },
    sampleOrigin: originOfSample,
    storage: new RunDatabase((id) => otherTabs.postMessage({ id, trains: trains(id) } satisfies RunNews)),
    checkpoints: new CheckpointDatabase(),
    // Missing on pages that are not secure.
    locks: (page.navigator as Partial<Navigator>).locks ?? null,
    imageStorage: new KeptImageDatabase(),
    persist: () => void page.navigator.storage?.persist?.().catch(() => false),
    pageStorage: storageOf(page),
  });
  const trains = (id: string) =>
    lab.archive.store.getState().live?.id === id && lab.runStore.getState().runState === 'training';
  otherTabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isRunNews(data)) void lab.archive.changedElsewhere(data.id, data.trains);
  });
  // Either event may be the last one before the page is closed.
  const leave = () => {
    lab.keep();
    lab.archive.leave();
  };
  page.addEventListener('pagehide', leave);
  page.document.addEventListener('visibilitychange', () => {
    if (page.document.visibilityState === 'hidden') leave();
    // Another tab may have kept or forgotten images.
    else void lab.keptImages.refresh();
  });
  syncLink(lab, (hash) => lab.open(hash), page);
  page.addEventListener('beforeunload', (event) => {
    const { step, runState, kept } = lab.runStore.getState();
    const isKept = kept !== null && kept.steps.length > 0 && (kept.problem === null || kept.problem === 'over-budget');
    if (runState === 'training' && step >= STEPS_WORTH_ASKING && !isKept) event.preventDefault();
  });
  lab.start();
  return lab;
}
