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
}

/** A task of a page's main thread. */
export interface MainThreadTask {
  /** Processor time in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The longest event within it. */
  readonly did: string;
}

export interface MainThreadTasks {
  /** Tasks of the page itself, the longest first. */
  readonly tasks: readonly MainThreadTask[];
  /** Tasks made by `referenceTask`, the longest first. */
  readonly references: readonly MainThreadTask[];
}

/** Chromium's names of the function that runs a task: one event for each task of a thread. */
const TASK = 'ThreadControllerImpl::RunTask';
const PARTS = 4;
/** The page's process starts tracing some time after the request. */
const SETTLE_MS = 300;
/** Set by the page once the trace runs: tells its main thread from those of Chromium's own pages. */
const PAGE_MARK = 'page under test';
const REFERENCE_MARK = 'reference task';
/** Turns of a loop that took 50 ms of processor time on the two-core machine where the page was built. */
const REFERENCE_TURNS = 40_000_000;

/**
 * A task with a known amount of work on the page's main thread, which measures how long 50 ms of work take on this machine at its present
 * load: processor time also grows when other programs use the caches.
 */
export async function referenceTask(page: Page): Promise<void> {
  await page.evaluate(
    ([mark, turns]) => {
      performance.mark(mark);
      let state = 1;
      for (let n = 0; n < turns; n++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      return state;
    },
    [REFERENCE_MARK, REFERENCE_TURNS] as const,
  );
}

/**
 * The tasks of a page's main thread during `work`. Tests judge their processor time: the wall time of a task
 * also includes the time in which a software adapter occupies every core.
 */
export async function mainThreadTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<MainThreadTasks> {
  await browser.startTracing(page, { categories: ['-*', 'toplevel', 'devtools.timeline', 'blink.user_timing'] });
  let trace: Buffer;
  try {
    await page.waitForTimeout(SETTLE_MS);
    await page.evaluate((mark) => performance.mark(mark).name, PAGE_MARK);
    await work();
    // A task is recorded at its end, after its answer, so that the second answer ensures that the first task is recorded.
    for (let n = 0; n < 2; n++) await page.evaluate(() => undefined);
  } finally {
    // Even if the work failed, since a browser can run only one trace at a time.
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  return tasksOf(traceEvents);
}

function tasksOf(events: readonly TraceEvent[]): MainThreadTasks {
  const marked = events.find(({ name }) => name === PAGE_MARK);
  if (marked === undefined) throw new Error('the trace does not hold the mark of the page');
  const onMain = events.filter(({ pid, tid }) => pid === marked.pid && tid === marked.tid);
  const main = onMain.filter(({ ph }) => ph === 'X');
  const marks = onMain.filter(({ name }) => name === REFERENCE_MARK).map(({ ts }) => ts);
  const isReference = ({ ts, dur = 0 }: TraceEvent) => marks.some((mark) => mark >= ts && mark <= ts + dur);
  const measured = (tasks: readonly TraceEvent[]) =>
    tasks
      .map((task) => ({
        cpuMs: (task.tdur ?? 0) / 1000,
        wallMs: (task.dur ?? 0) / 1000,
        did: longestParts(task, main),
      }))
      .sort((a, b) => b.cpuMs - a.cpuMs);
  const all = main.filter(({ name }) => name === TASK);
  return { tasks: measured(all.filter((task) => !isReference(task))), references: measured(all.filter(isReference)) };
}

function longestParts(task: TraceEvent, events: readonly TraceEvent[]): string {
  // Only for tasks long enough to fail a test, since there are thousands.
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
