/** A file of the site, as the build lists it; `revision` is null where the file's name changes with its content. */
export interface SiteFile {
  readonly url: string;
  readonly revision: string | null;
}

/** The folders of the site's files that have a name for each content, and of the samples. */
const HASHED = 'assets/';
const SAMPLES = 'samples/';

const VERSIONED = 'simsiam-lab-files-';
const SEEN = 'simsiam-lab-samples';

/**
 * The files that are kept for openings without a network. Each version of the site has a cache of its own, into which its pages are written
 * last: a version with pages is complete. The caches of earlier versions are deleted when this one is in use and complete.
 */
export class KeptFiles {
  readonly #files: readonly SiteFile[];
  readonly #scope: string;
  readonly #name: Promise<string>;
  #keeping: Promise<unknown> = Promise.resolve();

  /** @param scope the address of the site's folder, ending in a slash */
  constructor(files: readonly SiteFile[], scope: string) {
    this.#files = files;
    this.#scope = scope;
    this.#name = digest(JSON.stringify(files)).then((version) => VERSIONED + version);
  }

  /** The address of a file below the site's folder; null for one that is not of the site. */
  pathOf(url: string): string | null {
    if (!URL.canParse(url)) return null;
    const address = withoutQuery(url);
    return address.startsWith(this.#scope) ? address.slice(this.#scope.length) : null;
  }

  isHashed(path: string): boolean {
    return path.startsWith(HASHED);
  }

  isSample(path: string): boolean {
    return path.startsWith(SAMPLES);
  }

  /** Whether a file belongs to this version of the site. */
  includes(url: string): boolean {
    const path = this.pathOf(url);
    return this.#files.some((file) => file.url === path);
  }

  /**
   * Fetches and keeps what is missing of this version: all but samples, other code that the page has used, and the files of one sample.
   * @throws Error (rejection) when a file cannot be fetched, or the server has another version by now
   */
  keep(sample: string | null, used: readonly string[]): Promise<unknown> {
    this.#keeping = this.#keeping.catch(() => undefined).then(() => this.#keep(sample, used));
    return this.#keeping;
  }

  async #keep(sample: string | null, used: readonly string[]): Promise<void> {
    const paths = this.#files.map(({ url }) => url).filter((path) => !this.isSample(path));
    const further = used.flatMap((url) => this.pathOf(url) ?? []).filter((path) => this.isHashed(path));
    const isPage = (path: string) => path.endsWith('.html');
    const cache = await caches.open(await this.#name);
    for (const path of new Set([...paths.filter((path) => !isPage(path)), ...further])) await this.#add(cache, path);
    for (const path of paths.filter(isPage)) await this.#add(cache, path);
    if (sample === null) return;
    const seen = await caches.open(SEEN);
    const ofSample = this.#files.filter(({ url }) => url.startsWith(SAMPLES + sample));
    for (const { url } of ofSample) await this.#add(seen, url);
  }

  async #add(cache: Cache, path: string): Promise<void> {
    const address = this.#scope + path;
    if ((await cache.match(address)) !== undefined) return;
    // A file that keeps its name may have changed since the browser's own cache got it.
    const isFixed = this.isHashed(path) || this.isSample(path);
    const response = await fetch(address, isFixed ? {} : { cache: 'no-cache' });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    if (path.endsWith('.html')) this.#expectOwn(await response.clone().text(), path);
    await cache.put(address, direct(response));
  }

  /** A page of another version would name scripts that are not kept. */
  #expectOwn(page: string, path: string): void {
    for (const [name] of page.matchAll(/assets\/[\w.-]+/g)) {
      if (!this.includes(this.#scope + name)) throw new Error(`${path} on the server is of another version`);
    }
  }

  /** The cache that a file which a page has loaded belongs into: a sample's, unless it is kept already, and code of a complete version. */
  async cacheFor(url: string, response: Response): Promise<Cache | null> {
    const path = this.pathOf(url);
    if (path === null || !response.ok) return null;
    if (this.isHashed(path)) {
      const own = await caches.open(await this.#name);
      return (await this.#isComplete(own)) ? own : null;
    }
    if (!this.isSample(path)) return null;
    const seen = await caches.open(SEEN);
    const kept = await seen.match(withoutQuery(url));
    return kept !== undefined && isSameFile(kept, response) ? null : seen;
  }

  async #isComplete(cache: Cache): Promise<boolean> {
    return (await cache.match(`${this.#scope}index.html`)) !== undefined;
  }

  /** A kept file, of this version if there is one; undefined where it is not kept. */
  async find(url: string): Promise<Response | undefined> {
    const bare = withoutQuery(url);
    const address = bare.endsWith('/') ? `${bare}index.html` : bare;
    const own = await caches.open(await this.#name);
    return (await own.match(address)) ?? (await caches.match(address));
  }

  /** Deletes the files of earlier versions, if this one is complete. */
  async forgetEarlier(): Promise<void> {
    const own = await this.#name;
    const cache = await caches.open(own);
    if (!(await this.#isComplete(cache))) return;
    const earlier = (await caches.keys()).filter((name) => name.startsWith(VERSIONED) && name !== own);
    await Promise.all(earlier.map((name) => caches.delete(name)));
  }
}

/** An address without its query and fragment. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Browsers refuse to open a page from a response that was redirected, as some hosts do from `index.html` to the folder. */
function direct(response: Response): Response {
  if (!response.redirected) return response;
  const { body, status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

/** Whether the server says that two of its responses hold the same bytes. */
function isSameFile(a: Response, b: Response): boolean {
  return ['etag', 'last-modified'].some((name) => {
    const mark = a.headers.get(name);
    return mark !== null && mark === b.headers.get(name);
  });
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes).subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
