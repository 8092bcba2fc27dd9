import { MAX_OVERLAYS } from '../../session/archive/archiveStore';

/** Where a colour is used: on the page a custom property of the theme, in a saved picture that of the light scheme. */
export interface LineStyle {
  readonly property: `--lab-${string}`;
  /** Of `stroke-dasharray`; undefined for a solid line. */
  readonly dash: string | undefined;
}

/** The run on the page: the only solid lines. */
export const LIVE_STYLES = {
  main: { property: '--lab-accent', dash: undefined },
  second: { property: '--lab-gradient', dash: undefined },
} as const satisfies Record<string, LineStyle>;

/** Dashes that are told apart without their colours, too. */
const DASHES = ['7 3', '2 2.5', '10 3 2 3', '4 2', '12 3 2 3 2 3'] as const;

/** The style of an overlay by its slot. */
export const OVERLAY_STYLES: readonly LineStyle[] = DASHES.slice(0, MAX_OVERLAYS).map((dash, slot) => ({
  property: `--lab-run-${slot + 1}`,
  dash,
}));

export function overlayStyle(slot: number): LineStyle {
  return OVERLAY_STYLES[slot] ?? LIVE_STYLES.second;
}
