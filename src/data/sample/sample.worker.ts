import { manifestFile } from './catalogue';
import type { SampleReply, SampleRequest } from './messages';
import { partsFor } from './parts';
import { type SampleManifest, unpackSample } from './unpackSample';

const REPORT_EVERY_MS = 100;

function reply(message: SampleReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

class UnreachableError extends Error {}

async function get(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: Error) => {
    throw new UnreachableError(error.message);
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

/** The bytes of a response; reports how many have arrived, and at the end. */
async function download(response: Response, onProgress: (loaded: number) => void): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  let lastReport = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    loaded += next.value.length;
    if (performance.now() - lastReport < REPORT_EVERY_MS) continue;
    lastReport = performance.now();
    onProgress(loaded);
  }
  onProgress(loaded);
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Fetches and unpacks the images of one sample; the page then terminates this worker. */
addEventListener('message', async ({ data }: MessageEvent<SampleRequest>) => {
  const { id, version, storage, images, folder } = data;
  // A server need not send the sizes.
  const parts = partsFor(id, images);
  const totalBytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const loaded = parts.map(() => 0);
  const report = (loadedBytes: number) => reply({ type: 'progress', progress: { loadedBytes, totalBytes } });
  try {
    const sheets = parts.map(async ({ file }, part) =>
      download(await get(folder + file), (bytes) => {
        loaded[part] = bytes;
        report(loaded.reduce((sum, each) => sum + each, 0));
      }),
    );
    const manifest: SampleManifest = await (await get(folder + manifestFile(id, version))).json();
    const dataset = unpackSample(id, manifest, await Promise.all(sheets), storage, images);
    report(totalBytes);
    reply({ type: 'done', dataset }, [dataset.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', reason, unreachable: error instanceof UnreachableError });
  }
});
