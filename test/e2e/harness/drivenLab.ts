import { expect } from 'vitest';
import { type DrivenBrowser, until } from '../../../scripts/browsers/drivenBrowser';

/** Timeout of a single wait, long enough for a busy machine. */
const PATIENCE_MS = 300_000;

const text = (value: string) => JSON.stringify(value);

/** The page in a browser that Playwright does not drive, by scripts that run in the page. */
export class DrivenLab {
  constructor(readonly browser: DrivenBrowser) {}

  /** Opens an address as if it were typed into a new tab: another hash alone would not load the page. */
  async open(url: string): Promise<void> {
    await this.browser.open('about:blank');
    await this.browser.open(url);
    await this.ready();
  }

  /** Loads the page anew, from the same address. */
  async reload(): Promise<void> {
    await this.browser.run('window.isBeforeReload = true; setTimeout(() => location.reload()); return null;');
    await this.wait('the reload', 'return document.readyState === "complete" && window.isBeforeReload !== true;');
    await this.ready();
  }

  /** Waits until images are loaded and the run is built, or opened again. */
  ready(): Promise<void> {
    return this.wait(
      'Train',
      `const state = document.querySelector('[data-testid=run-state]')?.dataset.state;
       return !['none', 'building', undefined].includes(state) && ${buttonNamed('Train')}?.disabled === false;`,
    );
  }

  /** Waits until the body of a function returns true in the page. */
  async wait(what: string, script: string): Promise<void> {
    await until(what, PATIENCE_MS, async () => {
      // While a page is being replaced by another, scripts fail.
      const answer = await this.browser.run(script).catch(() => null);
      return answer === true ? true : null;
    });
  }

  async press(name: string): Promise<void> {
    await this.wait(`the button ${name}`, `return ${buttonNamed(name)}?.disabled === false;`);
    await this.browser.run(`${buttonNamed(name)}.click(); return null;`);
  }

  async text(testId: string): Promise<string> {
    return String(
      await this.browser.run(`return document.querySelector('[data-testid=${testId}]')?.textContent ?? '';`),
    );
  }

  async number(testId: string): Promise<number> {
    return Number((await this.text(testId)).replaceAll(',', '') || Number.NaN);
  }

  reachStep(step: number): Promise<void> {
    return this.wait(
      `step ${step}`,
      `return Number(document.querySelector('[data-testid=metric-step]').textContent.replaceAll(',', '')) >= ${step};`,
    );
  }

  reachState(state: string): Promise<void> {
    return this.wait(
      state,
      `return document.querySelector('[data-testid=run-state]').dataset.state === ${text(state)};`,
    );
  }

  /** Opens a lesson from the list. */
  async openLesson(title: string): Promise<void> {
    await this.press('Lessons');
    const entry = `[...document.querySelectorAll('ul[aria-label=Lessons] button')].find((one) => one.textContent.startsWith(${text(title)}))`;
    await this.wait('the list of lessons', `return ${entry} !== undefined;`);
    await this.browser.run(`${entry}.click(); return null;`);
  }

  /** Waits until the lesson shows a sentence. */
  lessonSays(sentence: string): Promise<void> {
    const card = `document.querySelector('[aria-label^="Lesson: "]')`;
    return this.wait(sentence, `return ${card}?.textContent.includes(${text(sentence)}) === true;`);
  }

  /** The losses of the next steps, made one by one. */
  async losses(steps: number): Promise<number[]> {
    const losses: number[] = [];
    // After a reset the earlier run is still there for a moment.
    await this.reachState('paused');
    for (let i = 0; i < steps; i++) {
      const step = await this.number('metric-step');
      await this.press('Step');
      await this.reachStep(step + 1);
      await this.reachState('paused');
      losses.push(await this.number('metric-loss'));
    }
    return losses;
  }

  /** Switches stop-gradient, and waits until the link has it. */
  async switchStopGradient(): Promise<void> {
    await this.browser.run(
      `[...document.querySelectorAll('[role=switch]')].find((one) => one.getAttribute('aria-label') === 'Stop-gradient' || one.labels?.[0]?.textContent === 'Stop-gradient').click(); return null;`,
    );
    await this.wait('the change in the address', "return location.hash.includes('stopGradient');");
  }

  /** Chooses a folder by the file input, which no driver but Chromium's can fill: the page makes the files itself. */
  async chooseFolder(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const encoded = [...files].map(([path, bytes]) => [`${name}/${path}`, Buffer.from(bytes).toString('base64')]);
    await this.browser.run(`
      // A file that no script holds may lose its path: WebKit makes another object for it after a collection of garbage.
      window.chosenFiles = [];
      const transfer = new DataTransfer();
      for (const [path, base64] of ${JSON.stringify(encoded)}) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const file = new File([bytes], path.slice(path.lastIndexOf('/') + 1));
        Object.defineProperty(file, 'webkitRelativePath', { value: path });
        window.chosenFiles.push(file);
        transfer.items.add(file);
      }
      const input = document.querySelector('input[aria-label="Image folder"]');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      return null;`);
    await this.wait(
      'the images of the folder',
      `return document.querySelector('[data-testid=dataset-size]')?.textContent.trim() === ${text(String(files.size))};`,
    );
  }

  /** Chooses a single file by the file input. */
  async chooseFile(name: string, bytes: Uint8Array): Promise<void> {
    await this.browser.run(`
      const bytes = Uint8Array.from(atob(${text(Buffer.from(bytes).toString('base64'))}), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], ${text(name)}));
      const input = document.querySelector('input[aria-label="Image files or .zip"]');
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      return null;`);
  }

  /** Answers that own images are to be kept, and waits until they are. */
  async keepImages(): Promise<void> {
    const keep = `[...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Keep, '))`;
    await this.wait('the question', `return ${keep} !== undefined;`);
    await this.browser.run(`${keep}.click(); return null;`);
    await this.wait('the kept images', `return document.querySelector('[data-testid=images-kept]') !== null;`);
  }

  /** Waits until the run is kept as it is now. */
  async kept(): Promise<void> {
    const step = await this.number('metric-step');
    await this.browser.run(`
      const look = () => {
        const opening = indexedDB.open('simsiam-lab');
        opening.onsuccess = () => {
          const all = opening.result.transaction('pointers').objectStore('pointers').getAll();
          all.onsuccess = () => {
            opening.result.close();
            window.keptSteps = all.result.map(({ last }) => last);
            if (!window.keptSteps.includes(${step})) setTimeout(look, 100);
          };
        };
      };
      window.keptSteps = [];
      look();
      return null;`);
    await this.wait('the checkpoint', `return window.keptSteps.includes(${step});`);
  }

  async link(): Promise<string> {
    return String(await this.browser.run('return location.href;'));
  }

  /** A loss of every method of the tests lies in this range. */
  async expectLoss(): Promise<void> {
    const loss = await this.number('metric-loss');
    expect(loss).toBeGreaterThanOrEqual(-1);
    expect(loss).toBeLessThanOrEqual(1);
  }
}

function buttonNamed(name: string): string {
  return `[...document.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === ${text(name)})`;
}
