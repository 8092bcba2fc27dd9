import { isServiceWorkerMessage } from '../protocol/serviceWorker';
import { isolated } from './isolated';
import { KeptFiles, type SiteFile, withoutQuery } from './keptFiles';

/**
 * The service worker of both pages, `sw.js` beside them. It does two things:
 * - Most static hosts cannot send the headers of cross-origin isolation, so it adds them where they have an effect: to documents and to the
 *   scripts that workers start from. A page is isolated from its second opening on, since the first is loaded before the worker is there.
 * - It answers from the kept files where there is no network. A page asks for its files to be kept once it trains, so that nothing competes
 *   with the first load.
 *
 * Pages come from the network if there is one, so that a reload shows the newest version; scripts, whose names change with their content, come
 * from the kept files first. A new version of this worker waits until the pages of the previous one are closed, and takes no page over.
 */

/** The parts of a service worker's global scope used here; the DOM's types describe a window's. */
interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends LastingEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface ServiceWorkerScope {
  /** Replaced by the list of the site's files when the site is built. */
  readonly __WB_MANIFEST: readonly SiteFile[];
  readonly registration: { readonly scope: string };
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'activate', listener: (event: LastingEvent) => void): void;
  addEventListener(type: 'message', listener: (event: LastingEvent & MessageEvent<unknown>) => void): void;
}

declare const self: ServiceWorkerScope;

const files = new KeptFiles(self.__WB_MANIFEST, self.registration.scope);

self.addEventListener('activate', (event) => event.waitUntil(files.forgetEarlier()));

self.addEventListener('message', (event) => {
  const { data, ports } = event;
  if (!isServiceWorkerMessage(data)) return;
  if (data.type === 'isVersionOf') ports[0]?.postMessage(files.includes(data.script));
  // What is not kept now, e.g. because the network has gone, is tried again at the next opening.
  else event.waitUntil(files.keep(data.sample, data.used).catch(() => undefined));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const path = files.pathOf(request.url);
  // A part of a file cannot be kept.
  if (path === null || request.method !== 'GET' || request.headers.has('range')) return;
  const answer = files.isHashed(path) ? keptFirst(event) : networkFirst(event);
  const runsCode = request.mode === 'navigate' || request.destination === 'worker';
  event.respondWith(runsCode ? answer.then(isolated) : answer);
});

async function keptFirst(event: FetchEvent): Promise<Response> {
  return (await files.find(event.request.url)) ?? fromNetwork(event);
}

async function networkFirst(event: FetchEvent): Promise<Response> {
  try {
    return await fromNetwork(event);
  } catch (error) {
    const kept = await files.find(event.request.url);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** The server's response, which is kept where that is due. */
async function fromNetwork(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const response = await fetch(request);
  const cache = await files.cacheFor(request.url, response).catch(() => null);
  // Where the memory for kept files is full, the page goes on without them.
  if (cache !== null) event.waitUntil(cache.put(withoutQuery(request.url), response.clone()).catch(() => undefined));
  return response;
}
