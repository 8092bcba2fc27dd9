import { chromium } from 'playwright-core';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import type { DrivenBrowser } from './drivenBrowser';

/** @throws Error where there is no Chromium */
export async function openChromium(): Promise<DrivenBrowser> {
  const executablePath = await ensureChromium();
  if (executablePath === null) throw new Error('there is no Chromium: install one, or set CHROME_PATH to its program');
  const args = ['--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  return {
    name: `Chromium ${browser.version()}`,
    open: async (url) => {
      await page.goto(url);
    },
    run: (script) => page.evaluate(`(() => { ${script} })()`),
    close: () => browser.close(),
  };
}
