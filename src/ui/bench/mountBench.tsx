import { createRoot } from 'react-dom/client';
import { registerServiceWorker } from '../../session/serviceWorker';
import { BenchPage } from './BenchPage';

/** Draws the benchmark page into an element. */
export function mountBench(root: HTMLElement): void {
  createRoot(root).render(<BenchPage />);
  registerServiceWorker(window);
}
