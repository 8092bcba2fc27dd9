import { useMemo } from 'react';
import { METHODS } from '../../domain/methods/registry';
import { lossKind } from '../../session/archive/describeRun';
import { useRun } from '../lab';
import { plain } from '../numbers';
import { MetricChart } from './MetricChart';
import { type LossContents, lossCharts } from './shownCharts';
import type { OverlaidRun } from './useOverlays';

/** The charts of the losses that are shown, one for each kind. */
export function LossCharts({ overlays }: { readonly overlays: readonly OverlaidRun[] }) {
  const config = useRun((run) => run.active?.config ?? run.config);
  const charts = useMemo(() => lossCharts(config, overlays), [config, overlays]);
  return charts.map((contents) =>
    contents.live ? (
      <LossChart key={contents.kind} {...contents} />
    ) : (
      <MetricChart
        key={contents.kind}
        chart={contents.chart}
        live={false}
        overlays={contents.overlays}
        help={`A different loss from that of ${lossKind(config)}: the values are not comparable.`}
      />
    ),
  );
}

/** The loss of the run on the page. */
function LossChart({ chart, overlays }: LossContents) {
  const config = useRun((run) => run.active?.config ?? run.config);
  const loss = useRun((run) => run.latest.loss);
  return (
    <MetricChart
      chart={chart}
      overlays={overlays}
      value={<span data-testid="metric-loss">{plain(loss, 4)}</span>}
      help={METHODS[config.method].lossHelp(config)}
    />
  );
}
