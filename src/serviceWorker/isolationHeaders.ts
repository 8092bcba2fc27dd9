/** What a document and its workers must be sent with to be cross-origin isolated, which threads with a shared memory require. */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;
