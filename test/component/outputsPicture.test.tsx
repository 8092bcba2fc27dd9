import { MantineProvider } from '@mantine/core';
import axe from 'axe-core';
import { createRef, type ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import type { DiagnosisState } from '../../src/domain/diagnosis/states';
import type { OutputFrame } from '../../src/domain/outputFrame';
import { FrameSlider } from '../../src/ui/outputs/FrameSlider';
import { OutputsPicture } from '../../src/ui/outputs/OutputsPicture';
import type { PictureSource } from '../../src/ui/outputs/paint/tiles';
import { ReadingChoice } from '../../src/ui/outputs/ReadingChoice';
import { ShareNote } from '../../src/ui/outputs/ShareNote';
import type { SphereView } from '../../src/ui/outputs/sphereView';
import { CosineHistogram } from '../../src/ui/outputs/values/CosineHistogram';
import { SingularValueBars } from '../../src/ui/outputs/values/SingularValueBars';
import { theme } from '../../src/ui/theme';
import { frameOf, imagesOf } from '../setup/outputFrames';

const images = imagesOf();
const canvas = () => page.getByTestId('outputs-picture');
const element = () => canvas().element() as HTMLCanvasElement;
const nothing = () => undefined;

afterEach(() => document.documentElement.setAttribute('data-mantine-color-scheme', 'light'));

/** Squares of one colour each, of which none is there until `load` is called. */
function squares() {
  const wanted = new Set<number>();
  const loaded = new Set<number>();
  const listeners = new Set<() => void>();
  const source: PictureSource = {
    get: (index) => (loaded.has(index) ? new ImageData(new Uint8ClampedArray(4 * 16 * 12).fill(200), 16, 12) : null),
    want: (index) => wanted.add(index),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const load = () => {
    for (const index of wanted) loaded.add(index);
    for (const listener of listeners) listener();
  };
  return { source, wanted, load };
}

function shown(part: ReactNode, colorScheme: 'light' | 'dark' = 'light') {
  return (
    <MantineProvider theme={theme} forceColorScheme={colorScheme}>
      <main style={{ width: 420, background: 'var(--lab-surface)' }}>{part}</main>
    </MantineProvider>
  );
}

interface Choices {
  readonly state?: DiagnosisState | null;
  readonly before?: OutputFrame | null;
  readonly pictures?: PictureSource | null;
  readonly query?: number | null;
  onChoose?(index: number): void;
}

function picture(
  frame: OutputFrame,
  { state = 'learning', before = null, pictures = null, query = null, onChoose = nothing }: Choices = {},
) {
  return (
    <OutputsPicture
      view={createRef<SphereView | null>()}
      {...{ frame, images, state, before, query, pictures, onChoose }}
      reading="z"
      nameOf={(index) => `image ${index}`}
    />
  );
}

/** Pixels of the canvas with their places, that are neither empty nor grey: those of images and trails. */
function coloured(): { readonly count: number; readonly width: number; readonly red: number } {
  const { width, height } = element();
  const { data } = element().getContext('2d')!.getImageData(0, 0, width, height);
  let [count, red, least, most] = [0, 0, width, 0];
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b, alpha] = data.subarray(at, at + 4);
    if (alpha! < 60 || Math.max(r!, g!, b!) - Math.min(r!, g!, b!) < 40) continue;
    const x = (at / 4) % width;
    count += 1;
    if (r! > g! + 60 && r! > b! + 60) red += 1;
    [least, most] = [Math.min(least, x), Math.max(most, x)];
  }
  return { count, width: Math.max(0, most - least) / width, red };
}

/** Two frames of the screen, after which everything asked for is drawn. */
const drawn = async () => {
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
};
const snapshot = async () => {
  await drawn();
  return element().toDataURL();
};

it('shows a collapse as one pile, and the other states wide', async () => {
  const { rerender } = await render(shown(picture(frameOf('healthy'))));
  await expect.poll(() => coloured().count).toBeGreaterThan(500);
  const healthy = coloured();
  expect(healthy.width).toBeGreaterThan(0.5);
  await rerender(shown(picture(frameOf('collapsed'), { state: 'collapsed' })));
  await expect.poll(() => coloured().width).toBeLessThan(0.15);
  expect(coloured().count).toBeGreaterThan(50);
  await expect.element(page.getByText('60 images, one output')).toBeVisible();
  await rerender(shown(picture(frameOf('dimensional'), { state: 'dimensional' })));
  await expect.poll(() => coloured().count).toBeGreaterThan(200);
});

it('draws trails from where the images lay, while they run together only', async () => {
  const [before, frame] = [frameOf('healthy'), frameOf('collapsed', { step: 140 })];
  const { rerender } = await render(shown(picture(frame, { state: 'collapsed', before })));
  await expect.element(page.getByText('since step 100')).toBeVisible();
  await expect.poll(() => coloured().red).toBeGreaterThan(100);
  await rerender(shown(picture(frame, { state: 'learning', before })));
  await expect.element(page.getByText('since step 100')).not.toBeInTheDocument();
  await expect.poll(() => coloured().red).toBeLessThan(20);
});

it('draws pictures as they arrive, and asks for some at a time', async () => {
  const { source, wanted, load } = squares();
  await render(shown(picture(frameOf('healthy'), { pictures: source })));
  const before = await snapshot();
  expect(wanted.size).toBe(32);
  load();
  expect(await snapshot()).not.toBe(before);
  expect(wanted.size).toBe(60);
});

it('is turned by dragging and by keys, back by a button and a key, and never by itself', async () => {
  await render(shown(picture(frameOf('healthy'))));
  const start = await snapshot();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await snapshot()).toBe(start);
  await userEvent.dragAndDrop(canvas(), canvas(), {
    sourcePosition: { x: 200, y: 200 },
    targetPosition: { x: 280, y: 190 },
  });
  expect(await snapshot()).not.toBe(start);
  await page.getByRole('button', { name: 'Default view' }).click();
  await userEvent.hover(page.getByText('drag to turn'), { force: true });
  await expect.poll(snapshot).toBe(start);
  element().focus();
  await userEvent.keyboard('{ArrowRight}{ArrowUp}');
  expect(await snapshot()).not.toBe(start);
  await userEvent.keyboard('{Home}');
  expect(await snapshot()).toBe(start);
});

it('names the image under the pointer, which a click makes the query', async () => {
  const onChoose = vi.fn();
  await render(shown(picture(frameOf('collapsed'), { state: 'collapsed', onChoose })));
  await drawn();
  const name = page.getByTestId('outputs-name');
  await expect.element(name).not.toBeVisible();
  // The pile is 30 degrees above the middle.
  const { clientWidth: side } = element();
  // A new object for each use: the driver scales the one that it gets.
  const position = () => ({ x: side / 2, y: side / 2 - side * 0.24 });
  await canvas().hover({ position: position() });
  await expect.element(name).toHaveTextContent(/^image 1\d\d$/);
  await canvas().click({ position: position() });
  expect(onChoose).toHaveBeenCalledTimes(1);
  await canvas().hover({ position: { x: 5, y: side - 5 } });
  await expect.element(name).not.toBeVisible();
});

it('goes through the images by keys', async () => {
  const onChoose = vi.fn();
  await render(shown(picture(frameOf('healthy'), { onChoose })));
  element().focus();
  const name = page.getByTestId('outputs-name');
  await userEvent.keyboard(']');
  await expect.element(name).toHaveTextContent('image 100');
  await userEvent.keyboard(']]');
  await expect.element(name).toHaveTextContent('image 102');
  // A bracket is doubled, since a single one begins the name of a key.
  await userEvent.keyboard('[[[[{Enter}');
  expect(onChoose).toHaveBeenCalledWith(100);
  await userEvent.keyboard('{Escape}');
  await expect.element(name).not.toBeVisible();
});

it('has a text alternative from its numbers, announced when the state changes', async () => {
  const { rerender } = await render(shown(picture(frameOf('healthy'))));
  await expect.element(canvas()).toHaveAttribute('aria-label', expect.stringMatching(/^Learning: /));
  await rerender(shown(picture(frameOf('healthy', { seed: 2 }), { state: 'narrowing' })));
  const announced = () => [...document.querySelectorAll('[aria-live=polite]')].map(({ textContent }) => textContent);
  await expect.poll(announced).toContainEqual(expect.stringMatching(/^Narrowing: /));
  const said = announced().find((text) => text?.startsWith('Narrowing'));
  await rerender(shown(picture(frameOf('collapsed'), { state: 'narrowing' })));
  expect(announced()).toContain(said);
  await rerender(shown(picture(frameOf('collapsed'), { state: 'collapsed' })));
  await expect
    .poll(announced)
    .toContainEqual(expect.stringMatching(/^Collapsed: 60 images lie within \d° of one point/));
  await expect.element(canvas()).toHaveAttribute('aria-label', expect.stringMatching(/^Collapsed: /));
});

it.each(['light', 'dark'] as const)(
  'meets axe’s rules with all that stands beside it, in the %s scheme',
  async (scheme) => {
    const frame = frameOf('collapsed', { step: 140 });
    await render(
      shown(
        <>
          <ShareNote frame={frame} images={images} reading="z" />
          <ReadingChoice reading="z" hasPredictor onChange={nothing} />
          {picture(frame, { state: 'collapsed', before: frameOf('healthy') })}
          <FrameSlider
            steps={[0, 50, 100]}
            shown={null}
            isRunning
            isPlaying={false}
            marks={[{ step: 60, words: 'stop-gradient off', isWarning: true }]}
            onShow={nothing}
            onPlay={nothing}
          />
          <CosineHistogram cloud={frame.z} isWarning />
          <SingularValueBars cloud={frame.z} dimensions={3} images={60} isWarning />
        </>,
        scheme,
      ),
    );
    await drawn();
    // Until the transitions of colours from the scheme before have ended.
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { violations } = await axe.run(document.querySelector('main')!);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  },
);

it('the slider shows frames by keys, the newest at its right end', async () => {
  const [onShow, onPlay] = [vi.fn(), vi.fn()];
  const slider = (shownAt: number | null) => (
    <FrameSlider
      steps={[0, 50, 1000]}
      shown={shownAt}
      isRunning
      isPlaying={false}
      marks={[]}
      onShow={onShow}
      onPlay={onPlay}
    />
  );
  const { rerender } = await render(shown(slider(null)));
  await expect.element(page.getByText('step 1,000 · live')).toBeVisible();
  const thumb = page.getByRole('slider', { name: 'Step shown' });
  await expect.element(thumb).toHaveAttribute('aria-valuetext', 'step 1,000, live');
  (thumb.element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowLeft}');
  expect(onShow).toHaveBeenLastCalledWith(1);
  await rerender(shown(slider(1)));
  await expect.element(page.getByText('step 50')).toBeVisible();
  await userEvent.keyboard('{ArrowRight}');
  expect(onShow).toHaveBeenLastCalledWith(null);
  await page.getByRole('button', { name: 'Replay the run' }).click();
  expect(onPlay).toHaveBeenCalledWith(true);
});

it('says the mean cosine and the rank', async () => {
  const { z } = frameOf('collapsed');
  await render(
    shown(
      <>
        <CosineHistogram cloud={z} />
        <SingularValueBars cloud={{ ...z, effectiveRank: Number.NaN }} dimensions={3} images={60} />
      </>,
    ),
  );
  await expect.element(page.getByText('mean 1.00')).toBeVisible();
  await expect.element(page.getByText('rank – of 3')).toBeVisible();
  await expect.element(page.getByRole('img', { name: /^Cosines of pairs of images: mean 1\.00/ })).toBeVisible();
});
