import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { seriesOf } from '../../src/session/archive/recordRun';
import type { Lab } from '../../src/session/lab';
import { NO_RUN } from '../../src/session/run/runStore';
import { SeriesSet } from '../../src/session/run/series';
import { Curve } from '../../src/ui/charts/Curve';
import type { ChartDescription } from '../../src/ui/charts/chartDescription';
import { overlayStyle } from '../../src/ui/charts/lineStyles';
import type { OverlaidRun } from '../../src/ui/charts/useOverlays';
import { curvesOfLength, keptRun } from '../setup/runRecord';
import { idleLab, putRun, show } from './setup/lab';

const CHART: ChartDescription = {
  title: 'Loss',
  axis: 'loss',
  lines: [{ series: 'loss', name: 'loss', tone: 'main' }],
  least: [-1, 0],
  decimals: 3,
  references: ({ live }) => (live === null ? [] : [{ name: '1/√d', value: -live.inverseSqrtD }]),
};
const NONE: readonly OverlaidRun[] = [];

/** Puts a run with that many steps and a loss of -step/100 on the page. */
function training(steps: number): Lab {
  const lab = idleLab();
  putRun(lab, { step: steps, markers: [], baselines: keptRun().baselines });
  for (let step = 1; step <= steps; step++) lab.series.add({ step, loss: -step / 100 });
  return lab;
}

const main = () => page.getByRole('main').element();
const livePoints = () => main().querySelector('path.recharts-line-curve')?.getAttribute('d')?.match(/[ML]/g)?.length;
const overlay: OverlaidRun = {
  run: keptRun({ steps: 40 }),
  name: 'the run before',
  style: overlayStyle(0),
  series: seriesOf(curvesOfLength(40)),
  deviation: null,
};

it('draws every step when the chart clock redraws it', async () => {
  const lab = training(10);
  await show(lab, <Curve chart={CHART} live overlays={NONE} />);
  await expect.poll(livePoints).toBe(10);
  lab.series.add({ step: 11, loss: -0.5 });
  lab.runStore.setState({ step: 11 });
  lab.clock.touch();
  await expect.poll(livePoints).toBe(11);
});

it('labels events on the curve, failures in the warning colour', async () => {
  const lab = training(200);
  lab.runStore.setState({
    markers: [
      { kind: 'change', step: 40, key: 'baseLearningRate', value: 0.1 },
      { kind: 'diagnosis', step: 120, state: 'collapsed' },
    ],
  });
  await show(lab, <Curve chart={CHART} live overlays={NONE} />);
  const [change, failure] = [page.getByText('base lr 0.1'), page.getByText('collapsed')];
  await expect.element(change).toBeVisible();
  await expect.element(failure).toBeVisible();
  const colour = (text: Element) => getComputedStyle(text).fill;
  expect(colour(failure.element())).not.toBe(colour(change.element()));
  const left = (text: Element) => text.getBoundingClientRect().left;
  expect(left(change.element())).toBeLessThan(left(failure.element()));
});

it('is empty when the run is replaced', async () => {
  const lab = training(10);
  lab.runStore.setState({ markers: [{ kind: 'change', step: 4, key: 'stopGradient', value: false }] });
  await show(lab, <Curve chart={CHART} live overlays={NONE} />);
  await expect.element(page.getByText('stop-gradient off')).toBeVisible();
  lab.runStore.setState(NO_RUN);
  lab.series.clear();
  lab.clock.touch();
  await expect.element(page.getByText('stop-gradient off')).not.toBeInTheDocument();
  expect(livePoints() ?? 0).toBe(0);
});

it('draws the named reference lines', async () => {
  await show(training(5), <Curve chart={CHART} live overlays={NONE} />);
  await expect.element(page.getByText('1/√d').first()).toBeVisible();
});

it('lays kept runs with names and event markers over it, on the same step axis', async () => {
  const lab = training(10);
  await show(lab, <Curve chart={CHART} live overlays={[overlay]} />);
  const titles = () => [...main().querySelectorAll('g > title')].map(({ textContent }) => textContent);
  await expect.poll(titles).toEqual(['the run before']);
  await expect.poll(livePoints).toBe(10);
  // Steps 1 to 40, and no marker, since the record's markers are later than its curve.
  expect(main().querySelector('g > title + path')?.getAttribute('d')?.match(/[ML]/g)).toHaveLength(40);
  const widthOf = (path: string) => main().querySelector(path)?.getBoundingClientRect().width ?? 0;
  const ratio = widthOf('g > title + path') / widthOf('path.recharts-line-curve');
  expect(ratio).toBeCloseTo(39 / 9, 1);
});

it('shows a mean over seeds with a band of one standard deviation', async () => {
  const deviation = new SeriesSet();
  for (let step = 1; step <= 40; step++) deviation.add({ step, loss: 0.1 });
  await show(training(10), <Curve chart={CHART} live overlays={[{ ...overlay, deviation }]} />);
  const band = () => main().querySelector('path[data-band]');
  // There and back: twice the 40 steps.
  await expect.poll(() => band()?.getAttribute('d')?.match(/[ML]/g)?.length).toBe(80);
  const heightOf = (element: Element | null) => element?.getBoundingClientRect().height ?? 0;
  expect(heightOf(band())).toBeGreaterThan(heightOf(main().querySelector('g > path[stroke-width]')));
});

it('can show kept runs alone', async () => {
  await show(training(10), <Curve chart={CHART} live={false} overlays={[overlay]} />);
  await expect.poll(() => main().querySelectorAll('g > title')).toHaveLength(1);
  expect(main().querySelector('path.recharts-line-curve[stroke^="var"]')).toBeNull();
});

it('shows the values under the pointer', async () => {
  await show(training(40), <Curve chart={CHART} live overlays={[overlay]} />);
  await expect.poll(livePoints).toBe(40);
  await page.elementLocator(main().querySelector('svg.recharts-surface')!).hover();
  await expect.element(page.getByText(/^step \d+/)).toHaveTextContent(/loss: −0\.\d{3}.*the run before −0\.\d{3}/);
});
