import type { Page } from 'playwright-core';

export interface LayoutShifts {
  /** Of those that no input explains, as browsers report it. */
  readonly total: number;
  /** Of those within half a second of a key press, a click or a change of the window's size. */
  readonly afterInput: number;
  /** The largest shifts, with the elements that moved. */
  readonly worst: readonly string[];
}

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

/** Sums the layout shifts of the page that is opened next, from its first paint on. */
export async function watchLayoutShifts(page: Page): Promise<() => Promise<LayoutShifts>> {
  await page.addInitScript(() => {
    const shifts: { value: number; hadRecentInput: boolean; what: string }[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        const moved = entry.sources.map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return `${element?.tagName}.${element?.className} ${node?.textContent?.slice(0, 40) ?? ''}`;
        });
        shifts.push({ value: entry.value, hadRecentInput: entry.hadRecentInput, what: moved.join(' | ') });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () =>
    page.evaluate(() => {
      const { shifts } = window as unknown as { shifts: { value: number; hadRecentInput: boolean; what: string }[] };
      return {
        total: shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0),
        afterInput: shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? value : 0), 0),
        worst: [...shifts]
          .sort((a, b) => b.value - a.value)
          .slice(0, 5)
          .map(({ value, hadRecentInput, what }) => `${value}${hadRecentInput ? ' after input' : ''}: ${what}`),
      };
    });
}
