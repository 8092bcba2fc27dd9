import type { CDPSession, Page } from 'playwright-core';
import { inject } from 'vitest';

/** Limits how many bytes the site may store, until the session that is returned is detached. */
export async function limitStorage(page: Page, quotaSize: number): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(inject('siteUrl')).origin, quotaSize });
  return session;
}
