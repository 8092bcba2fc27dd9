import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { threadsWorthTrying, whyOneThread } from '../../../src/engine/backend/threads';

/** A browser's worker with so many logical processors. */
function browserWith(logical: number): void {
  vi.stubGlobal('Worker', class {});
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('navigator', { hardwareConcurrency: logical });
}

describe('threads of WASM', () => {
  beforeEach(() => browserWith(8));
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    [2, 2],
    [3, 2],
    [4, 2],
    [8, 4],
    [16, 8],
    [64, 8],
  ])('of %i logical processors %i are worth a try', (logical, threads) => {
    browserWith(logical);
    expect(whyOneThread()).toBeNull();
    expect(threadsWorthTrying()).toBe(threads);
  });

  it('are one in a page that is isolated and has no SharedArrayBuffer', () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(whyOneThread()).toMatch(/This browser has no SharedArrayBuffer/);
    expect(threadsWorthTrying()).toBe(1);
  });

  it('are one in a page that is not isolated, with what to do', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(whyOneThread()).toMatch(/cross-origin isolated page: reload/);
    expect(threadsWorthTrying()).toBe(1);
  });

  it('are one on a processor with one core', () => {
    browserWith(1);
    expect(whyOneThread()).toMatch(/one core/);
    expect(threadsWorthTrying()).toBe(1);
  });

  it('are one under Node, which has no Web Workers', () => {
    vi.stubGlobal('Worker', undefined);
    expect(whyOneThread()).toMatch(/Web Workers/);
    expect(threadsWorthTrying()).toBe(1);
  });
});
