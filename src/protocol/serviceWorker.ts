/** The messages of a page to the service worker; a question is answered through the port that comes with it. */
export type ServiceWorkerMessage =
  /** Keeps the page with the code that it needs, and the sample in use, so that they can be opened without a network. */
  | { readonly type: 'keep'; readonly sample: string | null; readonly used: readonly string[] }
  /** Whether the page with this script is of this service worker's version. */
  | { readonly type: 'isVersionOf'; readonly script: string };

const TYPES = { keep: true, isVersionOf: true } satisfies Record<ServiceWorkerMessage['type'], true>;

/** Whether a message is one of the page's. */
export function isServiceWorkerMessage(message: unknown): message is ServiceWorkerMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return typeof message.type === 'string' && Object.hasOwn(TYPES, message.type);
}
