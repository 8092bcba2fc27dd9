import type { Browser, Page } from 'playwright-core';

/** An event of Chromium's trace format; times in microseconds, `tdur` being processor time. */
interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** A task of a page's main thread. */
export interface MainThreadTask {
  /** Processor time in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** What took longest in it. */
  readonly did: string;
}

/** Chromium's names of the function that runs a task: one event for each task of a thread. */
const TASK = 'ThreadControllerImpl::RunTask';
const PARTS = 4;
/** The page's process begins to trace a little after it is told to, and writes a task down at its end, after the answer that it gave. */
const SETTLE_MS = 300;

/**
 * The tasks of the main thread of the browser's only page while `work` goes on, the longest first. Their processor time is what
 * the page is to answer for: by the clock, a task also lasts while a software adapter keeps every core to itself.
 */
export async function mainThreadTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<MainThreadTask[]> {
  await browser.startTracing(page, { categories: ['-*', 'toplevel', 'devtools.timeline'] });
  let trace: Buffer;
  try {
    await page.waitForTimeout(SETTLE_MS);
    await work();
    await page.waitForTimeout(SETTLE_MS);
  } finally {
    // Whatever became of the work: a browser traces but once at a time.
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  return tasksOf(traceEvents);
}

function tasksOf(events: readonly TraceEvent[]): MainThreadTask[] {
  const isMain = new Set(
    events
      .filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const main = events.filter(({ ph, pid, tid }) => ph === 'X' && isMain.has(`${pid} ${tid}`));
  return main
    .filter(({ name }) => name === TASK)
    .map((task) => ({ cpuMs: (task.tdur ?? 0) / 1000, wallMs: (task.dur ?? 0) / 1000, did: longestParts(task, main) }))
    .sort((a, b) => b.cpuMs - a.cpuMs);
}

function longestParts(task: TraceEvent, events: readonly TraceEvent[]): string {
  // Only for tasks that a test will complain of: there are thousands.
  if ((task.tdur ?? 0) < 20_000) return '';
  return events
    .filter(
      ({ name, tid, ts, dur = 0 }) =>
        name !== TASK && tid === task.tid && ts >= task.ts && ts + dur <= task.ts + (task.dur ?? 0),
    )
    .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .slice(0, PARTS)
    .map(({ name, tdur = 0 }) => `${name} ${(tdur / 1000).toFixed(1)} ms`)
    .join(', ');
}
