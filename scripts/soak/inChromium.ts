import { chromium } from 'playwright-core';
import { browserMemory } from '../bench/processMemory';
import { serveSoakPage } from '../bench/servedSite';
import { ensureChromium } from '../bootstrap/chromium.mjs';
import type { LossOptions, LossReport } from './lossSoak';

const ADAPTER = ['--enable-unsafe-webgpu', '--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader'];

/** The soak of losses in a headless Chromium, on its software adapter. */
export async function soakInChromium({ losses, seed }: LossOptions, log: (line: string) => void): Promise<LossReport> {
  const executablePath = await ensureChromium();
  if (executablePath === null) throw new Error('There is no Chromium: set CHROME_PATH to one.');
  const site = await serveSoakPage();
  const browser = await chromium.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...ADAPTER],
  });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(message.text());
    });
    await page.exposeFunction('soakMemory', async () => (await browserMemory()).all);
    await page.exposeFunction('soakLog', log);
    await page.goto(site.url);
    return await page.evaluate(([count, number]) => window.soak(count, number), [losses, seed] as const);
  } finally {
    await browser.close();
    await site.close();
  }
}
