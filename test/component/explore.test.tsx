import { MantineProvider } from '@mantine/core';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { shareOf } from '../../src/domain/accuracy';
import type { BottomLine } from '../../src/domain/bottomLine';
import { EXPLORE_VIEWS } from '../../src/session/exploring/exploringStore';
import type { Lab } from '../../src/session/lab';
import { ExplorePlace } from '../../src/ui/explore/ExplorePlace';
import { LabContext } from '../../src/ui/lab';
import { theme } from '../../src/ui/theme';
import { lostLine, positionsInGroups } from '../setup/explored';
import { keptRun } from '../setup/runRecord';
import { exploredLab } from './setup/explore';

afterEach(() => {
  document.documentElement.setAttribute('data-mantine-color-scheme', 'light');
  vi.restoreAllMocks();
});

function show(lab: Lab, colorScheme: 'light' | 'dark' = 'light') {
  return render(
    <MantineProvider theme={theme} forceColorScheme={colorScheme}>
      <LabContext value={lab}>
        <main style={{ width: 1240, background: 'var(--lab-surface)' }}>
          <ExplorePlace />
        </main>
      </LabContext>
    </MantineProvider>,
  );
}

const map = () => page.getByTestId('explore-map');
const overlay = () => map().element() as HTMLCanvasElement;
const points = () => overlay().parentElement!.querySelector('canvas')!;
const frame = () => new Promise(requestAnimationFrame);

/** Number of points' pixels that are not empty, in halves of the map; read in the frame in which they are drawn. */
async function drawnPoints(): Promise<{ left: number; right: number }> {
  const gl = points().getContext('webgl2')!;
  const { width, height } = points();
  const pixels = new Uint8Array(4 * width * height);
  overlay().dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true }));
  await frame();
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  const counts = { left: 0, right: 0 };
  for (let at = 3; at < pixels.length; at += 4) {
    if (pixels[at]! > 128) counts[((at - 3) / 4) % width < width / 2 ? 'left' : 'right'] += 1;
  }
  return counts;
}

const SWIFTSHADER = 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)';
const GPU = 'ANGLE (NVIDIA, NVIDIA GeForce RTX 3080 (0x00002206) Direct3D11 vs_5_0 ps_5_0, D3D11)';

/** Gives WebGL a renderer of this name; null: there is no WebGL. */
function drawWith(renderer: string | null): void {
  const UNMASKED_RENDERER_WEBGL = 0x9246;
  const { getParameter } = WebGL2RenderingContext.prototype;
  vi.spyOn(WebGL2RenderingContext.prototype, 'getParameter').mockImplementation(function (
    this: WebGL2RenderingContext,
    name,
  ) {
    return name === UNMASKED_RENDERER_WEBGL ? renderer : getParameter.call(this, name);
  });
  if (renderer !== null) return;
  const { getContext } = HTMLCanvasElement.prototype;
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (
    this: HTMLCanvasElement,
    ...kind: unknown[]
  ) {
    return kind[0] === 'webgl2' ? null : Reflect.apply(getContext, this, kind);
  } as never);
}

/** Presses a pointer on the map, moves it along places in shares of its sides, and lifts it. */
function dragAlong(...path: readonly (readonly [x: number, y: number])[]): void {
  vi.spyOn(HTMLElement.prototype, 'setPointerCapture').mockImplementation(() => undefined);
  const { left, top, width, height } = overlay().getBoundingClientRect();
  const at = (kind: string, [x, y]: readonly [number, number]) =>
    overlay().dispatchEvent(
      new PointerEvent(kind, {
        pointerId: 1,
        isPrimary: true,
        bubbles: true,
        buttons: kind === 'pointerup' ? 0 : 1,
        clientX: left + x * width,
        clientY: top + y * height,
      }),
    );
  at('pointerdown', path[0]!);
  for (const place of path.slice(1)) at('pointermove', place);
  at('pointerup', path.at(-1)!);
}

describe('the map', () => {
  it('draws the points where they lie, and after they have moved', async () => {
    const { lab } = exploredLab({ count: 400 });
    await show(lab);
    await expect.poll(async () => (await drawnPoints()).left).toBeGreaterThan(1000);
    expect((await drawnPoints()).right).toBeGreaterThan(1000);
    // All at one place but for two, which keep the map's bounds: little is left to see.
    const piled = new Float32Array(800).fill(5);
    piled.set([0, 0, 10, 10]);
    lab.exploring.store.setState({ positions: piled });
    await expect.poll(async () => (await drawnPoints()).right).toBeLessThan(200);
  });

  it('draws pictures where there is room, says what is in view, and names clusters', async () => {
    const { lab } = exploredLab();
    await show(lab);
    await expect.element(page.getByTestId('explore-counts')).toHaveTextContent(/^200 of 200 in view/);
    await expect.element(page.getByRole('button', { name: 'mostly ‘class 2’, 49' })).toBeVisible();
    const coloured = () => {
      const { width, height } = overlay();
      const { data } = overlay().getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at]! > 200) count += 1;
      return count;
    };
    await expect.poll(coloured).toBeGreaterThan(20_000);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.element(page.getByTestId('explore-counts')).not.toHaveTextContent(/^200 of/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.element(page.getByTestId('explore-counts')).toHaveTextContent(/^200 of 200/);
  });

  it.each([
    ['has no WebGL', null],
    ['draws without a GPU', SWIFTSHADER],
  ])('shows a sample where the browser %s, and works on all images', async (words, renderer) => {
    drawWith(renderer);
    const { lab } = exploredLab({ count: 8000 });
    await show(lab);
    await expect
      .element(page.getByTestId('explore-counts'))
      .toHaveTextContent(new RegExp(`^8,000 of .* this browser ${words}: 5,000 of the dots are drawn`));
    /** Pixels of the points with these colours. */
    const drawn = (isCounted: (red: number, green: number, blue: number) => boolean) => {
      const { width, height } = points();
      const { data } = points().getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3]! > 0 && isCounted(data[at]!, data[at + 1]!, data[at + 2]!)) count += 1;
      }
      return count;
    };
    const inAccent = () => drawn((red, green, blue) => red === 0x2b && green === 0x50 && blue === 0xd6);
    await expect.poll(() => drawn(() => true)).toBeGreaterThan(1000);
    expect(inAccent()).toBe(0);
    // One that is not in the sample.
    lab.exploring.choose('One', [2]);
    await expect.poll(inAccent).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Lasso' }).click();
    dragAlong([0, 0], [1, 0], [1, 1], [0, 1]);
    await expect.element(page.getByText('8,000 chosen')).toBeVisible();
  });

  it('needs little of the main thread for a frame of 50,000 points, also while they move', async () => {
    drawWith(GPU);
    const { lab } = exploredLab({ count: 50_000, groups: 60 });
    const times: number[] = [];
    const later = window.requestAnimationFrame.bind(window);
    vi.spyOn(window, 'requestAnimationFrame').mockImplementation((call) =>
      later((now) => {
        const start = performance.now();
        call(now);
        times.push(performance.now() - start);
      }),
    );
    await show(lab);
    await expect.element(page.getByTestId('explore-counts')).toHaveTextContent(/^50,000 of .* a dot is an image/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const wheel = (deltaY: number) => {
      const { left, top } = overlay().getBoundingClientRect();
      overlay().dispatchEvent(
        new WheelEvent('wheel', { deltaY, clientX: left + 300, clientY: top + 250, cancelable: true }),
      );
    };
    const measured = async (turn: (i: number) => void, frames: number) => {
      times.length = 0;
      for (let i = 0; i < frames; i++) {
        turn(i);
        await new Promise(later);
      }
      return times.toSorted((a, b) => a - b);
    };
    const zooming = await measured((i) => wheel(i < 30 ? -60 : 60), 60);
    const forming = await measured((i) => {
      if (i % 15 === 0) lab.exploring.store.setState({ positions: positionsInGroups(50_000, 60, 2 + i) });
    }, 60);
    const at = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
    const words = (sorted: readonly number[]) => [0.5, 0.95, 1].map((share) => at(sorted, share).toFixed(1)).join(', ');
    console.info(`ms a frame (median, 95 %, most): zooming ${words(zooming)}; forming ${words(forming)}`);
    expect(zooming.length).toBeGreaterThan(20);
    expect(at(zooming, 0.5)).toBeLessThan(8);
    expect(at(forming, 0.5)).toBeLessThan(8);
  });

  it('chooses by a lasso, by a name and by a click, which lists the nearest', async () => {
    const { lab, worker } = exploredLab();
    await show(lab);
    await expect.element(page.getByText('All 200 images')).toBeVisible();
    await page.getByRole('button', { name: 'mostly ‘class 2’, 49' }).click();
    await expect.element(page.getByText('49 chosen')).toBeVisible();
    await expect.element(page.getByText('25 % of 200 · mostly ‘class 2’, 49')).toBeVisible();

    await page.getByRole('button', { name: 'Lasso' }).click();
    dragAlong([0.01, 0.01], [0.5, 0.01], [0.5, 0.5], [0.01, 0.5]);
    // The first group lies in that quarter.
    await expect.element(page.getByText('50 chosen')).toBeVisible();
    expect([...lab.exploring.store.getState().chosen].every((image) => image < 50)).toBe(true);

    await page.getByRole('button', { name: 'Clear' }).click();
    overlay().focus();
    await userEvent.keyboard(']');
    await expect.element(page.getByTestId('explore-named')).toHaveTextContent(/image-\d+\.png/);
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('1 chosen')).toBeVisible();
    expect(worker.sent('search')).toHaveLength(1);
    await expect.element(page.getByRole('option', { name: /0\.900$/ })).toBeVisible();
  });
});

describe('the grid', () => {
  it('lists all images, is led by keys, and chooses by Space', async () => {
    const { lab } = exploredLab({ count: 2000 });
    await show(lab);
    const grid = page.getByRole('listbox', { name: 'All images' });
    await expect.element(grid.getByRole('option').first()).toBeVisible();
    expect(document.querySelectorAll('[role=option]').length).toBeLessThan(120);
    const options = () => [...document.querySelectorAll<HTMLElement>('[role=option]')];
    expect(options().filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    options()[0]!.focus();
    const place = () => Number((document.activeElement as HTMLElement).dataset.place);
    await userEvent.keyboard('{ArrowRight}');
    await expect.poll(place).toBe(1);
    await userEvent.keyboard(' ');
    await expect.element(page.getByText('1 chosen')).toBeVisible();
    expect(document.activeElement?.getAttribute('aria-selected')).toBe('true');
    await userEvent.keyboard('{ArrowDown}');
    await expect.poll(place).toBeGreaterThan(2);
    await userEvent.keyboard('{End}');
    await expect.poll(place).toBe(1999);
    expect(document.activeElement?.getAttribute('aria-setsize')).toBe('2000');
    await userEvent.keyboard('{Home}');
    await expect.poll(place).toBe(0);
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByRole('dialog')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Find similar' })).toBeVisible();
    await userEvent.keyboard('{Escape}');
  });

  it('keeps a selection under a name', async () => {
    const { lab } = exploredLab();
    await show(lab);
    lab.exploring.choose('some', [3, 4]);
    await page.getByRole('textbox', { name: 'Name of the selection' }).fill('birds');
    await userEvent.keyboard('{Enter}');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'birds', exact: true }).click();
    await expect.element(page.getByText('2 chosen')).toBeVisible();
    await page.getByRole('button', { name: 'Forget the selection birds' }).click();
    await expect.element(page.getByRole('button', { name: 'birds', exact: true })).not.toBeInTheDocument();
  });
});

describe('what is done with a selection', () => {
  it('is training on it, or without the unticked, and labels by named ones', async () => {
    const { lab } = exploredLab();
    const trainOn = vi.spyOn(lab.deriving, 'trainOn').mockResolvedValue();
    const makeClasses = vi.spyOn(lab.deriving, 'makeClasses').mockResolvedValue();
    await show(lab);
    const train = page.getByRole('button', { name: 'Train on these' });
    await expect.element(train).toBeDisabled();
    lab.exploring.choose('some', [3, 4]);
    await train.click();
    expect(trainOn).toHaveBeenLastCalledWith([3, 4]);
    lab.exploring.keepAs('birds');
    await page.getByRole('button', { name: 'Use as labels' }).click();
    expect(makeClasses).toHaveBeenCalledWith([{ name: 'birds', images: [3, 4] }]);
    lab.exploring.show('duplicates');
    const without = page.getByRole('button', { name: 'Train without the unticked' });
    await expect.element(without).toBeDisabled();
    lab.exploring.tick(7);
    await without.click();
    expect(trainOn.mock.lastCall?.[0]).toHaveLength(199);
    expect(trainOn.mock.lastCall?.[0]).not.toContain(7);
    // Chosen images from a project file are all that there is.
    lab.datasetStore.setState({ isWholeHeld: false });
    await expect.element(without).toBeDisabled();
  });
});

describe('the lists', () => {
  it('lists duplicates with leaks first, and moves the limits of what is alike by keys', async () => {
    const { lab } = exploredLab();
    lab.exploring.show('duplicates');
    await show(lab);
    const near = page.getByRole('list', { name: 'Near duplicates' });
    await expect.element(near.getByText('stickers/group-0/image-13.png')).toBeVisible();
    expect(near.getByRole('checkbox').first().element().closest('label, div')!.parentElement!.textContent).toContain(
      'image-13.png',
    );
    await expect.element(near.getByText('train and test')).toBeVisible();
    const alike = page.getByRole('list', { name: 'Alike duplicates' });
    const count = () => Number(alike.getByRole('listitem').first().element().getAttribute('aria-setsize'));
    await expect.poll(count).toBeGreaterThan(0);
    const before = count();
    const mark = page.getByRole('slider', { name: 'Alike from this cosine', exact: true });
    (mark.element() as HTMLElement).focus();
    await userEvent.keyboard('{PageDown}{PageDown}{PageDown}');
    await expect.element(mark).toHaveAttribute('aria-valuenow', '0.87');
    await expect.poll(count).toBeGreaterThan(before);
    await expect.element(page.getByText('0 of 200 images')).toBeVisible();
    await near.getByRole('checkbox').first().click();
    await expect.element(page.getByText('1 of 200 images')).toBeVisible();
  });

  it('shows a cluster on the map, and outliers and quality with their scores', async () => {
    const { lab } = exploredLab();
    await show(lab);
    await page.getByRole('tab', { name: 'Clusters 4' }).click();
    await page.getByRole('button', { name: 'Show on the map: In no cluster' }).click();
    await expect.element(page.getByText('4 chosen')).toBeVisible();
    await page.getByRole('tab', { name: 'Outliers 4' }).click();
    await expect.element(page.getByRole('option', { name: /, 1.00$/ }).first()).toBeVisible();
    await page.getByRole('tab', { name: 'Quality 3' }).click();
    await page.getByRole('combobox', { name: 'Kind of quality' }).selectOptions('blurred');
    await expect.element(page.getByRole('option', { name: /image-6\.png.*, 0\.80$/ })).toBeVisible();
  });

  it('claims no clusters where there are none', async () => {
    const { lab } = exploredLab();
    const { clusters } = lab.exploring.store.getState();
    const none = { labels: new Int32Array(200).fill(-1), medoids: new Int32Array(0) };
    lab.exploring.store.setState({ clusters: { ...clusters!, ...none } });
    await show(lab);
    await expect.element(map()).toHaveAttribute('aria-label', expect.stringContaining('200 images in no cluster'));
    await page.getByRole('tab', { name: 'Clusters 0' }).click();
    await expect.element(page.getByText(/^No group of images is denser/)).toBeVisible();
  });

  it('says that the quality of a sample is not known', async () => {
    const { lab } = exploredLab({ exploration: { quality: null } });
    lab.exploring.show('quality');
    await show(lab);
    await expect.element(page.getByText(/^Quality is measured when pictures are decoded/)).toBeVisible();
  });
});

it('offers to explore, shows its progress, and can be cancelled', async () => {
  const { lab } = exploredLab();
  lab.exploring.store.setState({ exploration: null, clusters: null, positions: null });
  await show(lab);
  await expect.element(page.getByRole('button', { name: 'Explore 200 images' })).toBeEnabled();
  lab.exploring.store.setState({ task: { kind: 'embedding', done: 50, total: 200, rate: 812.4 } });
  await expect.element(page.getByText('Embedding and comparing: 50 of 200, 812 images/s')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.element(page.getByRole('button', { name: 'Explore 200 images' })).toBeVisible();
  lab.exploring.store.setState({ problem: 'Too little memory.' });
  await expect.element(page.getByRole('alert')).toHaveTextContent('Too little memory.');
});

describe('the bottom line', () => {
  const chip = () => page.getByTestId('bottom-line');
  const shown = async (line: BottomLine) => {
    const { lab } = exploredLab();
    lab.exploring.store.setState({ measuring: { kind: 'measured', line } });
    await show(lab);
    await expect.element(chip()).toBeVisible();
    return chip().element();
  };

  it('is a cross where retrieval is 6.3 %, untrained 6.8 %, raw pixels 15 %, with all numbers and advice on demand', async () => {
    const element = await shown(lostLine());
    expect(element.getAttribute('data-verdict')).toBe('no');
    expect(element.querySelector('.tabler-icon-circle-x')).not.toBeNull();
    expect(element.textContent).toBe('Not bettersecond view found 6.3 %, untrained 6.8 %, pixels 15 %');
    (element as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog', { name: /^Not better/ });
    await expect.element(dialog).toBeVisible();
    await expect.element(dialog.getByText('No, for these images')).toBeVisible();
    await expect.element(dialog.getByRole('cell', { name: '6.8 ± 0.6 % no clear difference' })).toBeVisible();
    await expect.element(dialog.getByRole('cell', { name: '15.0 ± 0.8 % better' })).toBeVisible();
    await expect.element(dialog.getByText('Until then use raw pixels.')).toBeVisible();
    const { violations } = await axe.run(dialog.element());
    expect(violations.map(({ id }) => id)).toEqual([]);
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.poll(() => document.activeElement).toBe(element);
  });

  it.each([
    ['yes', 0.01, 'tabler-icon-circle-check', 'Better than raw pixels'],
    ['partly', 0.06, 'tabler-icon-circle-half-2', 'Better only in part'],
    ['partly', 0.15, 'tabler-icon-circle-half-2', 'Raw pixels are better'],
  ] as const)('%s, with raw pixels at %d, has another mark and other words', async (verdict, pixels, icon, words) => {
    const comparisons = lostLine().comparisons.map((one) => ({ ...one, rawPixels: shareOf(pixels, one.images) }));
    const element = await shown({ ...lostLine(), comparisons, verdict });
    expect(element.querySelector(`.${icon}`)).not.toBeNull();
    expect(element.textContent).toContain(words);
  });

  it('says after a warm start whether training made the weights better, beside their numbers as they came', async () => {
    const comparisons = lostLine().comparisons.map((one) => ({ ...one, given: shareOf(0.2, one.images) }));
    const element = await shown({ ...lostLine(), comparisons });
    expect(element.textContent).toBe('Better as it camesecond view found 6.3 %, as it came 20 %, pixels 15 %');
    (element as HTMLElement).click();
    const dialog = page.getByRole('dialog', { name: /^Better as it came/ });
    await expect.element(dialog.getByRole('columnheader', { name: 'as it came' })).toBeVisible();
    await expect.element(dialog.getByRole('cell', { name: '20.0 ± 0.9 % better' })).toBeVisible();
    await expect.element(dialog.getByRole('cell', { name: '6.8 ± 0.6 % no clear difference' })).toBeVisible();
  });

  it('is measured at a press where it takes long, can be cancelled, and says why it failed', async () => {
    const { lab, worker } = exploredLab();
    await show(lab);
    lab.exploring.embedding.explored(240_000);
    await expect.element(page.getByText('about 4 min 0 s')).toBeVisible();
    lab.exploring.store.setState({ measuring: { kind: 'being measured', done: 30, total: 120 } });
    const progress = page.getByRole('progressbar', { name: 'Progress of the measurement' });
    await expect.element(progress).toHaveAttribute('aria-valuenow', '25');
    await page.getByRole('button', { name: 'Cancel the measurement' }).click();
    expect(worker.sent('cancelMeasuring')).toHaveLength(1);
    await page.getByRole('button', { name: 'Measure this embedding' }).click();
    expect(worker.sent('measureExplored')).toHaveLength(1);
    await page.getByRole('button', { name: 'Not measured' }).click();
    await expect.element(page.getByText('Too little memory.')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Measure again' })).toBeVisible();
  });
});

it('offers an update once the run has gone on', async () => {
  const { lab } = exploredLab();
  await show(lab);
  await expect.element(page.getByText('up to date')).toBeVisible();
  lab.runStore.setState({ step: 420 });
  await expect.element(page.getByRole('button', { name: 'Update to step 420' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Compare images by' }).selectOptions('pixels');
  await expect.element(page.getByRole('button', { name: 'Explore by raw pixels' })).toBeVisible();
});

it('lists kept runs, and explores by one', async () => {
  const { lab, worker } = exploredLab();
  const record = { ...keptRun(), id: 'k', name: 'Cats' };
  lab.archive.store.setState({ runs: [record] });
  const pointer = { ...record, steps: [{ step: 120, bytes: 9, keptFor: [] }], last: 120, written: 1 };
  await show(lab);
  lab.keptRuns.store.setState({ runs: new Map([['k', pointer]]) });
  const select = page.getByRole('combobox', { name: 'Compare images by' });
  await select.selectOptions('by Cats, step 120');
  await page.getByRole('button', { name: 'Explore by Cats' }).click();
  await expect.poll(() => worker.sent('openKept').map(({ keptId }) => keptId)).toEqual(['k']);
  // The worker of this test has no such checkpoint.
  await expect.element(page.getByRole('alert')).toHaveTextContent('This run has no checkpoint.');
  expect(lab.opening.store.getState().openedEncoder).toBeNull();
  expect(lab.exploring.store.getState().exploration).not.toBeNull();
});

it.each(['light', 'dark'] as const)('meets axe’s rules in every view, in the %s scheme', async (scheme) => {
  const { lab } = exploredLab();
  lab.exploring.store.setState({ measuring: { kind: 'measured', line: lostLine() } });
  await show(lab, scheme);
  const found: string[] = [];
  for (const view of EXPLORE_VIEWS) {
    lab.exploring.show(view);
    if (view === 'map') lab.exploring.choose('some', [1, 2, 3]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { violations } = await axe.run(document.querySelector('main')!);
    found.push(...violations.map(({ id, nodes }) => `${view}, ${id}: ${nodes.map(({ html }) => html).join(' ')}`));
  }
  expect(found).toEqual([]);
});
