import { useMemo } from 'react';
import { METHODS } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import { lossKind } from '../../session/archive/describeRun';
import { useRun } from '../lab';
import { plain } from '../numbers';
import { lossChart } from './descriptions';
import { MetricChart } from './MetricChart';
import type { OverlaidRun } from './useOverlays';

/**
 * The loss of the run on the page with the kept runs of the same kind of loss, then one chart for each other kind: values of different
 * kinds are not comparable, so they never share an axis.
 */
export function LossCharts({ overlays }: { readonly overlays: readonly OverlaidRun[] }) {
  const config = useRun((run) => run.active?.config ?? run.config);
  const own = lossKind(config);
  const kinds = useMemo(() => {
    const byKind = new Map<string, OverlaidRun[]>([[own, []]]);
    for (const overlay of overlays) {
      const kind = lossKind(overlay.run.config);
      byKind.set(kind, [...(byKind.get(kind) ?? []), overlay]);
    }
    return byKind;
  }, [overlays, own]);
  return [...kinds].map(([kind, runs]) =>
    kind === own ? (
      <LossChart key={kind} kind={kind} config={config} overlays={runs} />
    ) : (
      <OtherLossChart key={kind} kind={kind} own={own} overlays={runs} />
    ),
  );
}

interface LossChartProps {
  readonly kind: string;
  readonly config: RunConfig;
  readonly overlays: readonly OverlaidRun[];
}

function LossChart({ kind, config, overlays }: LossChartProps) {
  const loss = useRun((run) => run.latest.loss);
  const chart = useMemo(() => lossChart('Loss', `loss of ${kind}`, config), [kind, config]);
  return (
    <MetricChart
      chart={chart}
      overlays={overlays}
      value={<span data-testid="metric-loss">{plain(loss, 4)}</span>}
      help={METHODS[config.method].lossHelp(config)}
    />
  );
}

interface OtherLossChartProps {
  readonly kind: string;
  readonly own: string;
  readonly overlays: readonly OverlaidRun[];
}

function OtherLossChart({ kind, own, overlays }: OtherLossChartProps) {
  const config = overlays[0]?.run.config;
  const chart = useMemo(
    () => (config === undefined ? null : lossChart(`Loss of ${kind}`, `loss of ${kind}`, config)),
    [kind, config],
  );
  if (chart === null) return null;
  return (
    <MetricChart
      chart={chart}
      live={false}
      overlays={overlays}
      help={`A different loss from that of ${own}: the values are not comparable.`}
    />
  );
}
