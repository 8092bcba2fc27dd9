import type { ServiceWorkerMessage } from '../protocol/serviceWorker';

/**
 * The service worker of the page, `sw.js` beside it. It isolates the page from its second opening on, and keeps what the page needs without a
 * network. The development server sends the headers of isolation itself and has no such file.
 */
export class ServiceWorkerLink {
  readonly #page: Window;
  readonly #registration: Promise<ServiceWorkerRegistration | null>;

  /** Registers it after everything is loaded, so that it delays nothing. */
  constructor(page: Window) {
    this.#page = page;
    this.#registration = new Promise((resolve) => {
      if (!import.meta.env.PROD || !('serviceWorker' in page.navigator)) return resolve(null);
      page.addEventListener('load', () => {
        // Browsers may forbid it, in private windows for instance: the page then works without isolation, and only with a network.
        page.navigator.serviceWorker.register('./sw.js').then(resolve, () => resolve(null));
      });
    });
  }

  /**
   * Keeps the page, the code that it has used, and a sample for openings without a network.
   * @param used addresses of code that workers of the page have loaded
   */
  async keep(sample: string | null, used: readonly string[]): Promise<void> {
    const registration = await this.#registration;
    if (registration === null) return;
    await this.#page.navigator.serviceWorker.ready;
    // One that waits belongs to this page if the page was reloaded after an update; another one has no use for the message.
    for (const worker of [registration.waiting, registration.active]) {
      if (worker === null || !(await this.#isOfThisVersion(worker))) continue;
      const own = performance.getEntriesByType('resource').map(({ name }) => name);
      return send(worker, { type: 'keep', sample, used: [...new Set([...own, ...used])] });
    }
  }

  /** Calls `announce` once when the site has a newer version than this page. Looks for one whenever the page is shown again. */
  async onNewVersion(announce: () => void): Promise<void> {
    const registration = await this.#registration;
    if (registration === null) return;
    let isAnnounced = false;
    const look = async (worker: ServiceWorker) => {
      if (worker.state === 'redundant' || isAnnounced || (await this.#isOfThisVersion(worker)) || isAnnounced) return;
      isAnnounced = true;
      announce();
    };
    const follow = (worker: ServiceWorker | null) => {
      if (worker === null) return;
      if (worker.state !== 'installing') void look(worker);
      else worker.addEventListener('statechange', () => void look(worker), { once: true });
    };
    registration.addEventListener('updatefound', () => follow(registration.installing));
    follow(registration.installing);
    follow(registration.waiting);
    const { document } = this.#page;
    document.addEventListener('visibilitychange', () => {
      // Without a network there is nothing to be found.
      if (document.visibilityState === 'visible') registration.update().catch(() => undefined);
    });
  }

  #isOfThisVersion(worker: ServiceWorker): Promise<boolean> {
    const { port1, port2 } = new MessageChannel();
    const script = this.#page.document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src ?? '';
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => {
        port1.close();
        resolve(data === true);
      };
      send(worker, { type: 'isVersionOf', script }, [port2]);
    });
  }
}

function send(worker: ServiceWorker, message: ServiceWorkerMessage, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}
