import { spawn } from 'node:child_process';
import { expect } from 'vitest';
import { LONG } from '../setup/matrix';
import { newContext } from './harness/browser';
import { LabPage } from './harness/labPage';
import { testIn } from './harness/test';

/** SwiftShader beside WASM, which is several times as fast. */
const test = testIn('webgpu');

const OPENINGS = LONG ? 10 : 1;

/** A process that keeps one core busy; it ends by itself if nobody stops it. */
function busyLoop() {
  const minutes = 10;
  return spawn(process.execPath, ['-e', `const end = Date.now() + ${minutes * 60_000}; while (Date.now() < end);`]);
}

test(`on a busy machine WASM is chosen in ${OPENINGS} of ${OPENINGS} openings, and the chip says why`, async ({
  browser,
}) => {
  const loops = [busyLoop(), busyLoop()];
  try {
    for (let opening = 1; opening <= OPENINGS; opening++) {
      const context = await newContext(browser);
      const lab = await LabPage.open(await context.newPage());
      expect(await lab.page.getByTestId('adapter').innerText(), `opening ${opening}`).toMatch(/wasm.*processor/i);
      expect(await lab.engineNote()).toMatch(
        /SwiftShader.* (is slower here than the processor itself|not 1\.5 times as fast)/is,
      );
      await context.close();
    }
  } finally {
    for (const loop of loops) loop.kill();
  }
});
