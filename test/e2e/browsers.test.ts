import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DrivenBrowser } from '../../scripts/browsers/drivenBrowser';
import { missingForFirefox, openFirefox } from '../../scripts/browsers/firefox';
import { missingForWebKit, openWebKit } from '../../scripts/browsers/webKit';
import { LESSONS } from '../../src/domain/lessons/registry';
import { DrivenLab } from './harness/drivenLab';
import { imagesInClasses } from './harness/ownImages';

/** The browsers beside Chromium, in which all other tests run. */
const BROWSERS: readonly [name: string, missing: string | null, open: () => Promise<DrivenBrowser>][] = [
  ['Firefox', missingForFirefox(), openFirefox],
  ['WebKit', missingForWebKit(), openWebKit],
];

const STEPS = 10;
/** Enough for a batch of the smallest preset. */
const OWN_IMAGES_PER_CLASS = 32;

for (const [name, missing, open] of BROWSERS) {
  describe.skipIf(missing !== null)(`${name}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    let browser: DrivenBrowser;
    let lab: DrivenLab;
    beforeAll(async () => {
      browser = await open();
      lab = new DrivenLab(browser);
    });
    afterAll(() => browser?.close());

    test('a first visit: ten steps, and without stop-gradient', async () => {
      await lab.open(inject('siteUrl'));
      expect(await lab.number('dataset-size')).toBeGreaterThan(1000);
      expect(await lab.text('adapter')).toMatch(/WebGPU|WebGL|WASM · processor/);
      const start = performance.now();
      await lab.press('Train');
      await lab.reachStep(STEPS);
      const seconds = (performance.now() - start) / 1000;
      await lab.expectLoss();
      await lab.switchStopGradient();
      await lab.reachStep((await lab.number('metric-step')) + 1);
      await lab.press('Pause');
      await lab.reachState('paused');
      await lab.expectLoss();
      console.log(`${browser.name}: ${await lab.text('adapter')}, ${STEPS} steps in ${seconds.toFixed(1)} s`);
    });

    test('the first step of the first lesson', async () => {
      const [lesson] = LESSONS;
      await lab.openLesson(lesson?.title ?? '');
      await lab.lessonSays(lesson?.steps[0]?.text ?? '');
      await lab.press('Next');
      await lab.lessonSays(lesson?.steps[1]?.text ?? '');
      await lab.press('Leave the lesson');
      await lab.ready();
    });

    test('a reload: the page is isolated, its run goes on, and its link gives the same run', async () => {
      await lab.reload();
      expect(await browser.run('return crossOriginIsolated;')).toBe(true);
      const losses = await lab.losses(2);
      await lab.kept();
      await lab.open(await lab.link());
      expect(await lab.number('metric-step')).toBe(2);
      const next = await lab.losses(1);
      await lab.press('Reset');
      expect(await lab.losses(3)).toEqual([...losses, ...next]);
    });

    test('a folder by the file input; kept, it is there after a reload with the same loss', async () => {
      await lab.chooseFolder('pets', await imagesInClasses(OWN_IMAGES_PER_CLASS));
      await lab.ready();
      const classes = await lab.text('dataset-classes');
      expect(classes).toMatch(/birds.*cats.*dogs/s);
      const losses = await lab.losses(1);
      expect(losses.every(Number.isFinite)).toBe(true);
      await lab.keepImages();
      await lab.kept();
      await lab.reload();
      expect(await lab.text('dataset-classes')).toBe(classes);
      expect(await lab.number('metric-step')).toBe(1);
      await lab.press('Reset');
      expect(await lab.losses(1)).toEqual(losses);
      await lab.press('Forget');
      await lab.wait('the end of what is kept', `return document.querySelector('[data-testid=images-kept]') === null;`);
    });
  });
}
