import { IconCircleCheck, IconCircleHalf2, IconCircleX } from '@tabler/icons-react';
import type { Verdict } from '../../../domain/bottomLine';
import classes from './BottomLine.module.css';

const ICONS = { yes: IconCircleCheck, partly: IconCircleHalf2, no: IconCircleX } as const;

/** A tick, a half disc or a cross; words stand beside it. */
export function VerdictMark({ verdict }: { readonly verdict: Verdict }) {
  const Icon = ICONS[verdict];
  return <Icon className={classes.mark} data-verdict={verdict} size={20} stroke={1.9} aria-hidden />;
}
