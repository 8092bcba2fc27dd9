import { createRoot } from 'react-dom/client';
import { ServiceWorkerLink } from '../../session/serviceWorker';
import { BenchPage } from './BenchPage';

/** Draws the benchmark page into an element. */
export function mountBench(root: HTMLElement): void {
  createRoot(root).render(<BenchPage />);
  new ServiceWorkerLink(window);
}
