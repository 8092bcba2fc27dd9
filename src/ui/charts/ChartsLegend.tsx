import { CloseButton } from '@mantine/core';
import { useLab } from '../lab';
import classes from './Charts.module.css';
import { LineSample } from './LineSample';
import { LIVE_STYLES } from './lineStyles';
import type { OverlaidRun } from './useOverlays';

/** The legend of all charts; each kept run can be removed from the charts here. */
export function ChartsLegend({ overlays }: { readonly overlays: readonly OverlaidRun[] }) {
  const lab = useLab();
  return (
    <ul className={classes.legend} aria-label="Lines on the charts">
      <li>
        <LineSample style={LIVE_STYLES.main} strong />
        this run
      </li>
      {overlays.map(({ run, name, style }) => (
        <li key={run.id}>
          <LineSample style={style} />
          <span className={classes.legendName} title={name}>
            {name}
          </span>
          <CloseButton
            size="xs"
            aria-label={`Remove ${name} from the charts`}
            onClick={() => void lab.archive.toggle(run.id)}
          />
        </li>
      ))}
      {overlays.length === 0 && (
        <li className={classes.hint}>Tick runs in the table below to show them on these charts.</li>
      )}
    </ul>
  );
}
