import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};
/** What static hosts compress. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.wasm']);

const TICK_MS = 10;

/** A static host on a slow line. */
export interface SlowHost {
  /** The address of the folder's index. */
  readonly url: string;
  /** Bytes sent so far, with headers. */
  bytes(): number;
  /** Bytes sent so far of the files whose names have these endings, without headers. */
  bytesOf(...endings: readonly string[]): number;
  close(): Promise<void>;
}

interface Sending {
  readonly file: string;
  readonly response: ServerResponse;
  readonly body: Buffer;
  sent: number;
}

/** A file as a host such as GitHub Pages sends it: compressed with gzip unless it is compressed already. */
export async function asSent(file: string): Promise<{ readonly body: Buffer; readonly isCompressed: boolean }> {
  const body = await readFile(file);
  const isCompressed = COMPRESSED.has(extname(file));
  return { body: isCompressed ? await promisify(gzip)(body) : body, isCompressed };
}

/**
 * Serves a folder like a static host that sends no headers of cross-origin isolation. All responses together are sent at `bytesPerSecond`, shared evenly, whatever
 * asks for them: the throttling of the browser's own tools misses what workers and service workers request.
 */
export async function serveSlowly(folder: string, bytesPerSecond: number): Promise<SlowHost> {
  const sockets = new Set<Socket>();
  const known = new Map<string, ReturnType<typeof asSent>>();
  let sending: Sending[] = [];
  const sentOf = new Map<string, number>();
  let allowance = 0;
  let last = performance.now();
  const tick = setInterval(() => {
    const now = performance.now();
    // What an idle line could have sent is lost.
    allowance = sending.length === 0 ? 0 : allowance + ((now - last) / 1000) * bytesPerSecond;
    last = now;
    const share = Math.floor(allowance / Math.max(1, sending.length));
    for (const each of sending) {
      const part = each.body.subarray(each.sent, each.sent + share);
      each.sent += part.length;
      sentOf.set(each.file, (sentOf.get(each.file) ?? 0) + part.length);
      allowance -= part.length;
      each.response.write(part);
      if (each.sent === each.body.length) each.response.end();
    }
    sending = sending.filter(({ sent, body, response }) => sent < body.length && !response.destroyed);
  }, TICK_MS);
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const file = join(folder, path === '/' ? 'index.html' : path);
    try {
      const reading = known.get(file) ?? asSent(file);
      known.set(file, reading);
      const { body, isCompressed } = await reading;
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-length': body.length,
        // As GitHub Pages says.
        'cache-control': 'max-age=600',
        ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
      });
      response.flushHeaders();
      sending.push({ response, body, sent: 0, file });
    } catch {
      known.delete(file);
      response.writeHead(404).end('Not found');
    }
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    bytesOf: (...endings) =>
      [...sentOf].reduce((sum, [file, bytes]) => sum + (endings.some((end) => file.endsWith(end)) ? bytes : 0), 0),
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    close: () =>
      new Promise((resolve) => {
        clearInterval(tick);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
