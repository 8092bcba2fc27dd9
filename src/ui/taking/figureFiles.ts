import { csvOf } from '../../formats/csv';
import type { ZipFile } from '../../formats/zip/writeZip';
import { runName } from '../../session/archive/describeRun';
import { frameAt } from '../../session/frames/frameAt';
import type { Lab } from '../../session/lab';
import type { OnDone } from '../../session/taking/taking';
import { type ChartContents, figureOf, tableOf } from '../charts/chartContents';
import { figureSvg } from '../charts/figure';
import { momentOf } from '../outputs/moment';
import { pictureOf } from '../outputs/save/savedPicture';
import { stillMoment } from '../outputs/save/stillMoment';
import { defaultView } from '../outputs/sphere/defaultView';
import { pointsOf } from '../outputs/sphere/points';
import type { ShownRun } from '../outputs/useShownRuns';
import { inFileName } from '../save/saveFile';

/** What is shown on the page when the figure is made. */
export interface Shown {
  readonly charts: readonly ChartContents[];
  /** The runs whose outputs are shown. */
  readonly runs: readonly ShownRun[];
}

/** The charts that have a curve. */
export function drawnCharts(lab: Lab, charts: readonly ChartContents[]): readonly ChartContents[] {
  return charts.filter(({ chart, live, overlays }) => {
    const isDrawn = live && chart.lines.some(({ series }) => lab.series.get(series).length > 0);
    return isDrawn || overlays.some(({ series }) => series.get(chart.lines[0].series).length > 0);
  });
}

/**
 * The charts as SVG, each with its numbers as CSV, and the picture of the outputs as PNG, all on white. Ends early when it is cancelled.
 * @throws Error (rejection) where the browser cannot draw the picture
 */
export async function figureFiles(
  lab: Lab,
  { charts, runs }: Shown,
  onDone: OnDone,
  signal: AbortSignal,
): Promise<readonly ZipFile[]> {
  const drawn = drawnCharts(lab, charts);
  const text = new TextEncoder();
  const files: ZipFile[] = [];
  const total = 2 * drawn.length + runs.length;
  for (const contents of drawn) {
    if (signal.aborted) return [];
    const name = inFileName(contents.chart.title);
    files.push({ path: `${name}.svg`, content: text.encode(figureSvg(figureOf(lab, contents))) });
    // With a byte order mark, by which spreadsheets recognise UTF-8.
    files.push({ path: `${name}.csv`, content: text.encode(`\uFEFF${csvOf(tableOf(lab, contents))}`) });
    onDone(files.length, total);
    // Leaves the main thread, so that the page stays usable and can cancel.
    await new Promise((resolve) => setTimeout(resolve));
  }
  for (const [i, run] of runs.entries()) {
    if (signal.aborted) return [];
    const picture = await outputsOf(lab, run);
    const path = runs.length === 1 ? 'outputs.png' : `outputs-${i + 1}.png`;
    if (picture !== null) files.push({ path, content: new Uint8Array(await picture.arrayBuffer()) });
    onDone(files.length, total);
  }
  return files;
}

/** The outputs of a run at the step that is shown; null where it has no frame there. */
async function outputsOf(lab: Lab, run: ShownRun): Promise<Blob | null> {
  const { reading, step } = lab.frames.store.getState();
  const frame = frameAt(run.track, step);
  const cloud = frame?.[reading] ?? null;
  if (frame === null || cloud === null) return null;
  const live = lab.archive.current();
  const caption = run.name ?? (live === null ? 'this run' : runName(live));
  const subject = { images: run.track.images, reading, caption, rotation: defaultView(pointsOf(cloud.points)) };
  return pictureOf(subject, run.hasPictures ? lab.thumbnails : null, stillMoment(momentOf(run, frame), reading));
}
