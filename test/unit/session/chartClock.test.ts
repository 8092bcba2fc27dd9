import { describe, expect, it, vi } from 'vitest';
import { ChartClock } from '../../../src/session/run/chartClock';

/** A manual scheduler: `advance` runs what is due. */
function handTurned() {
  let now = 0;
  let queue: { at: number; run: () => void }[] = [];
  return {
    schedule: (run: () => void, ms: number) => void queue.push({ at: now + ms, run }),
    advance(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = queue.sort((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) break;
        queue = queue.slice(1);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}

describe('ChartClock', () => {
  it('redraws at most ten charts a second, in turn, however often it is touched', () => {
    const timer = handTurned();
    const clock = new ChartClock(timer.schedule);
    const charts = [vi.fn(), vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    for (const chart of charts) clock.subscribe(chart);
    for (let i = 0; i < 1000; i++) {
      clock.touch();
      timer.advance(10);
    }
    const redraws = charts.map((chart) => chart.mock.calls.length);
    expect(redraws.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(101);
    expect(Math.min(...redraws)).toBeGreaterThanOrEqual(19);
  });

  it('draws the last state of every chart once nothing new comes', () => {
    const timer = handTurned();
    const clock = new ChartClock(timer.schedule);
    const charts = [vi.fn(), vi.fn(), vi.fn()];
    for (const chart of charts) clock.subscribe(chart);
    clock.touch();
    timer.advance(1000);
    for (const chart of charts) expect(chart).toHaveBeenCalledTimes(1);
  });

  it('does not redraw a chart that has unsubscribed', () => {
    const timer = handTurned();
    const clock = new ChartClock(timer.schedule);
    const chart = vi.fn();
    const leave = clock.subscribe(chart);
    clock.touch();
    leave();
    timer.advance(1000);
    expect(chart).not.toHaveBeenCalled();
  });
});
