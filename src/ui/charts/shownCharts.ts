import type { RunConfig } from '../../domain/runConfig';
import { lossKind } from '../../session/archive/describeRun';
import type { ChartContents } from './chartContents';
import { KNN, lossChart, OUTPUT_STD, RANK, RATE, RETRIEVAL } from './descriptions';
import type { OverlaidRun } from './useOverlays';

/** A chart of losses of one kind. */
export interface LossContents extends ChartContents {
  readonly kind: string;
}

/**
 * The loss of the run on the page with the kept runs of the same kind of loss, then one chart for each other kind: values of different
 * kinds are not comparable, so they never share an axis.
 * @param config of the run on the page
 */
export function lossCharts(config: RunConfig, overlays: readonly OverlaidRun[]): readonly LossContents[] {
  const own = lossKind(config);
  const others = [...new Set(overlays.map(({ run }) => lossKind(run.config)))].filter((kind) => kind !== own);
  return [own, ...others].map((kind) => {
    const runs = overlays.filter(({ run }) => lossKind(run.config) === kind);
    const live = kind === own;
    const [first] = runs;
    const title = live ? 'Loss' : `Loss of ${kind}`;
    const chart = lossChart(title, `loss of ${kind}`, live || first === undefined ? config : first.run.config);
    return { kind, chart, live, overlays: runs };
  });
}

/** All charts of the page, in their order, with kept runs laid over that of the page. */
export function allCharts(config: RunConfig, overlays: readonly OverlaidRun[]): readonly ChartContents[] {
  const others = [OUTPUT_STD, RANK, KNN, RETRIEVAL, RATE].map((chart) => ({ chart, live: true, overlays }));
  return [...lossCharts(config, overlays), ...others];
}
