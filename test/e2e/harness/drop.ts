import type { Page } from 'playwright-core';

/**
 * Drops files and folders of this machine on the page, as a person dragging them in from a file manager would: through the
 * DevTools protocol, which hands the page true directory entries (with their batches of 100).
 * @param paths absolute paths
 * @param point CSS pixels from the page's top left corner
 */
export async function dropPaths(page: Page, paths: readonly string[], point = { x: 400, y: 300 }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...point, data });
  }
  await session.detach();
}
