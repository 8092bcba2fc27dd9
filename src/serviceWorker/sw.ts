import { ISOLATION_HEADERS } from './isolationHeaders';

/**
 * The service worker of both pages, `sw.js` beside them. Most static hosts cannot send the headers of cross-origin isolation, so it adds
 * them where they have an effect: to documents and to the scripts that workers start from, both of them always of this origin. All other
 * files are of the same origin, too, and need no Cross-Origin-Resource-Policy; the browser loads them without this worker. It caches
 * nothing. A page is isolated from its second opening on, since the first is loaded before the worker is there.
 */

/** The part of a service worker's global scope used here; the DOM's types describe a window's. */
interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as {
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
};

/** The server's response with the headers that it lacks; a header that the server sends stays as it is. */
function isolated(response: Response): Response {
  const missing = Object.entries(ISOLATION_HEADERS).filter(([name]) => !response.headers.has(name));
  // A redirection is followed by the browser, and cannot be copied.
  if (missing.length === 0 || response.type === 'opaqueredirect') return response;
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers: [...response.headers, ...missing] });
}

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.mode !== 'navigate' && request.destination !== 'worker') return;
  event.respondWith(fetch(request).then(isolated));
});
