import { ISOLATION_HEADERS } from './isolationHeaders';

/** A response with the headers of isolation that it lacks; a header that the server sent stays as it is. */
export function isolated(response: Response): Response {
  const missing = Object.entries(ISOLATION_HEADERS).filter(([name]) => !response.headers.has(name));
  // A redirection is followed by the browser, and an error has no headers: neither can be copied.
  if (missing.length === 0 || response.type === 'opaqueredirect' || response.type === 'error') return response;
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers: [...response.headers, ...missing] });
}
