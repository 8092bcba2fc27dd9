/**
 * Registers `sw.js` beside the page, which makes the page cross-origin isolated from its second opening on. After everything is loaded, so
 * that it delays nothing. The development server sends the headers itself and has no such file.
 */
export function registerServiceWorker(page: Window): void {
  if (!import.meta.env.PROD || !('serviceWorker' in page.navigator)) return;
  page.addEventListener('load', () => {
    // Browsers may forbid it, in private windows for instance: the page then works without isolation.
    page.navigator.serviceWorker.register('./sw.js').catch(() => undefined);
  });
}
