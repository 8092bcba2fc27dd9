import { createRoot } from 'react-dom/client';
import { notify } from '../session/noticeStore';
import { whenTraining } from '../session/offlineUse';
import { openLab } from '../session/pageLab';
import { ServiceWorkerLink } from '../session/serviceWorker';
import { App } from './App';

const NEW_VERSION =
  'A new version of this page is here: reload when you like. Until then this version, with its run, goes on as it is.';

/** Opens the lab of this page and draws it into an element. */
export function mountLab(root: HTMLElement): void {
  const lab = openLab(window);
  createRoot(root).render(<App lab={lab} />);
  const serviceWorker = new ServiceWorkerLink(window);
  whenTraining(lab, async (sample) => serviceWorker.keep(sample, await lab.usedFiles()));
  void serviceWorker.onNewVersion(() => notify(lab.noticeStore, NEW_VERSION));
}
