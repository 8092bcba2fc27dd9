import { createRoot } from 'react-dom/client';
import { openLab } from '../session/pageLab';
import { registerServiceWorker } from '../session/serviceWorker';
import { App } from './App';

/** Opens the lab of this page and draws it into an element. */
export function mountLab(root: HTMLElement): void {
  createRoot(root).render(<App lab={openLab(window)} />);
  registerServiceWorker(window);
}
