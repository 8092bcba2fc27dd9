import type { Page } from 'playwright-core';

/**
 * Drops files and folders of this machine on the page, as if dragged in from a file manager: through the DevTools protocol, which
 * gives the page real directory entries (read in batches of 100).
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
