import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { openProfile } from './browser';
import { LabPage } from './labPage';

/** The step of the last checkpoint in the storage; 0 where there is none. */
export function keptStep(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await result(indexedDB.open('simsiam-lab'));
    const pointers = await result(database.transaction('pointers').objectStore('pointers').getAll());
    database.close();
    const [last] = (pointers as { last: number; written: number }[]).sort((a, b) => b.written - a.written);
    return last?.last ?? 0;
  });
}

/** A browser with a profile in a folder, which a test may end like a power cut. */
export class ProfileBrowser {
  readonly #folder: string;
  context: BrowserContext;

  private constructor(folder: string, context: BrowserContext) {
    this.#folder = folder;
    this.context = context;
  }

  static async open(folder: string): Promise<ProfileBrowser> {
    return new ProfileBrowser(folder, await openProfile('wasm', folder, { locale: 'en-GB' }));
  }

  /** Opens the site in a new tab, and waits until its run is built. */
  async lab(hash = ''): Promise<LabPage> {
    const lab = await LabPage.open(await this.context.newPage(), hash);
    await lab.reachState('paused');
    return lab;
  }

  /** Ends the browser's process, which gets no signal that it could handle. */
  async kill(): Promise<void> {
    const [pid] = readlinkSync(join(this.#folder, 'SingletonLock')).split('-').slice(-1);
    const closed = new Promise((resolve) => this.context.once('close', resolve));
    process.kill(Number(pid), 'SIGKILL');
    await closed;
  }

  async reopen(): Promise<void> {
    this.context = await openProfile('wasm', this.#folder, { locale: 'en-GB' });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
