import { manifestFile } from './catalogue';
import type { SampleReply, SampleRequest } from './messages';
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

/** The bytes of a response; reports how many have arrived. */
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
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Fetches and unpacks one sample; the page then terminates this worker. */
addEventListener('message', async ({ data }: MessageEvent<SampleRequest>) => {
  const { id, version, storage, folder, totalBytes } = data;
  try {
    const [manifest, sheet] = await Promise.all([
      get(folder + manifestFile(id, version)).then((response) => response.json() as Promise<SampleManifest>),
      get(`${folder}${id}.png`).then((response) =>
        download(response, (loadedBytes) => reply({ type: 'progress', progress: { loadedBytes, totalBytes } })),
      ),
    ]);
    reply({ type: 'progress', progress: { loadedBytes: totalBytes, totalBytes } });
    const dataset = unpackSample(id, manifest, sheet, storage);
    reply({ type: 'done', dataset }, [dataset.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reply({ type: 'failed', reason, unreachable: error instanceof UnreachableError });
  }
});
