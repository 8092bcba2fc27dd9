import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isolated } from '../../../src/serviceWorker/isolated';
import { KeptFiles, type SiteFile } from '../../../src/serviceWorker/keptFiles';

const SCOPE = 'https://example.org/lab/';
const FILES: readonly SiteFile[] = [
  { url: 'index.html', revision: '1' },
  { url: 'favicon.svg', revision: '1' },
  { url: 'assets/index-A.js', revision: null },
  { url: 'samples/emoji-3d.png', revision: '1' },
  { url: 'samples/fashion-mnist.png', revision: '1' },
];
const NEXT: readonly SiteFile[] = FILES.map((file) =>
  file.url === 'assets/index-A.js' ? { ...file, url: 'assets/index-B.js' } : file,
);
const pageWith = (script: string) => `<script type="module" src="./assets/${script}"></script>`;

/** What the server has, by path; the network fails where it is null. */
let server: Map<string, string> | null;
let requested: string[];
let stored: Map<string, Map<string, Response>>;

function cacheOf(name: string) {
  const files = stored.get(name) ?? new Map<string, Response>();
  stored.set(name, files);
  return {
    match: async (url: string) => files.get(url)?.clone(),
    put: async (url: string, response: Response) => void files.set(url, response),
  };
}

beforeEach(() => {
  server = new Map(FILES.map(({ url }) => [url, url === 'index.html' ? pageWith('index-A.js') : url]));
  requested = [];
  stored = new Map();
  vi.stubGlobal('caches', {
    open: async (name: string) => cacheOf(name),
    match: async (url: string) =>
      [...stored.values()]
        .map((files) => files.get(url))
        .find((file) => file)
        ?.clone(),
    keys: async () => [...stored.keys()],
    delete: async (name: string) => stored.delete(name),
  });
  vi.stubGlobal('fetch', async (url: string) => {
    if (server === null) throw new TypeError('Failed to fetch');
    const path = url.slice(SCOPE.length);
    requested.push(path);
    const text = server.get(path);
    return new Response(text ?? 'Not found', { status: text === undefined ? 404 : 200 });
  });
});

const paths = () => [...stored.values()].flatMap((files) => [...files.keys()]).map((url) => url.slice(SCOPE.length));

describe('the kept files', () => {
  it('are those of the version and of one sample; the page comes last of the version, and nothing is fetched twice', async () => {
    const files = new KeptFiles(FILES, SCOPE);
    await files.keep('fashion-mnist', []);
    expect(requested).toEqual(['favicon.svg', 'assets/index-A.js', 'index.html', 'samples/fashion-mnist.png']);
    await files.keep('fashion-mnist', []);
    expect(requested).toHaveLength(4);
  });

  it('hold further code of this site that the page has used, and nothing else', async () => {
    server?.set('assets/rare.js', 'rare');
    const used = ['assets/rare.js', 'samples/emoji-3d.png', 'other.html'].map((path) => SCOPE + path);
    await new KeptFiles(FILES, SCOPE).keep(null, [...used, 'https://example.com/assets/x.js', 'blob:https://a/b']);
    expect(paths()).toEqual(['favicon.svg', 'assets/index-A.js', 'assets/rare.js', 'index.html']);
  });

  it('are found with and without the name of the page, a query and a fragment', async () => {
    const files = new KeptFiles(FILES, SCOPE);
    await files.keep(null, []);
    for (const address of ['', '#v=4', '?a=b#v=4', 'index.html', 'index.html?x']) {
      expect(await (await files.find(SCOPE + address))?.text(), address).toContain('index-A.js');
    }
    expect(await files.find(`${SCOPE}bench.html`)).toBeUndefined();
  });

  it('have no page where a file is missing, or the server has another version by now', async () => {
    const files = new KeptFiles(FILES, SCOPE);
    server?.delete('favicon.svg');
    await expect(files.keep(null, [])).rejects.toThrow('favicon.svg: 404');
    server?.set('favicon.svg', 'svg');
    server?.set('index.html', pageWith('index-B.js'));
    await expect(files.keep(null, [])).rejects.toThrow('another version');
    server = null;
    await expect(files.keep(null, [])).rejects.toThrow('Failed to fetch');
    expect(await files.find(SCOPE)).toBeUndefined();
    server = new Map(FILES.map(({ url }) => [url, url]));
    await files.keep(null, []);
    expect(await files.find(SCOPE)).toBeDefined();
  });

  it('of an earlier version stay until the next one is in use and complete', async () => {
    await new KeptFiles(FILES, SCOPE).keep('emoji-3d', []);
    const next = new KeptFiles(NEXT, SCOPE);
    await next.forgetEarlier();
    expect(await (await next.find(SCOPE))?.text()).toContain('index-A.js');
    server?.set('assets/index-B.js', 'B');
    server?.set('index.html', pageWith('index-B.js'));
    await next.keep(null, []);
    expect(await (await next.find(SCOPE))?.text()).toContain('index-B.js');
    expect(paths()).toContain('assets/index-A.js');
    await next.forgetEarlier();
    expect(paths().sort()).toEqual(['assets/index-B.js', 'favicon.svg', 'index.html', 'samples/emoji-3d.png']);
  });

  it('take in a sample once, and code only where the page is kept', async () => {
    const files = new KeptFiles(FILES, SCOPE);
    const marked = () => new Response('a', { headers: { etag: '"1"' } });
    const sample = `${SCOPE}samples/emoji-3d.png`;
    const code = `${SCOPE}assets/rare.js`;
    const seen = await files.cacheFor(sample, marked());
    await seen?.put(sample, marked());
    expect(seen).not.toBeNull();
    expect(await files.cacheFor(sample, marked())).toBeNull();
    expect(await files.cacheFor(sample, new Response('b', { headers: { etag: '"2"' } }))).not.toBeNull();
    expect(await files.cacheFor(sample, new Response('', { status: 404 }))).toBeNull();
    expect(await files.cacheFor(`${SCOPE}index.html`, marked())).toBeNull();
    expect(await files.cacheFor(code, marked())).toBeNull();
    await files.keep(null, []);
    expect(await files.cacheFor(code, marked())).not.toBeNull();
  });

  it('tell the version of a page by its script', () => {
    const files = new KeptFiles(FILES, SCOPE);
    expect(files.includes(`${SCOPE}assets/index-A.js`)).toBe(true);
    expect(files.includes(`${SCOPE}assets/index-B.js`)).toBe(false);
    expect(files.includes('')).toBe(false);
  });
});

it('a response gets the headers of isolation that it lacks', () => {
  const { headers, status } = isolated(
    new Response('a', { status: 404, headers: { 'Cross-Origin-Embedder-Policy': 'credentialless', 'X-Own': '1' } }),
  );
  expect(Object.fromEntries(headers)).toMatchObject({
    'cross-origin-embedder-policy': 'credentialless',
    'cross-origin-opener-policy': 'same-origin',
    'x-own': '1',
  });
  expect(status).toBe(404);
  const error = Response.error();
  expect(isolated(error)).toBe(error);
});
