import { MAX_OVERLAYS } from '../../session/archive/archiveStore';

/** A colour: on the page a custom property of the theme, in a saved picture the value of the light scheme. */
export interface LineStyle {
  readonly property: `--lab-${string}`;
  /** Value of `stroke-dasharray`; undefined for a solid line. */
  readonly dash: string | undefined;
}

/** The styles of the run on the page, whose lines are the only solid ones. */
export const LIVE_STYLES = {
  main: { property: '--lab-accent', dash: undefined },
  second: { property: '--lab-second', dash: undefined },
} as const satisfies Record<string, LineStyle>;

/** Styles of overlays, whose dashes can be distinguished without colour, too. */
const DASHES = ['7 3', '2 2.5', '10 3 2 3', '4 2', '12 3 2 3 2 3'] as const;

/** The style of an overlay by its slot. */
export const OVERLAY_STYLES: readonly LineStyle[] = DASHES.slice(0, MAX_OVERLAYS).map((dash, slot) => ({
  property: `--lab-run-${slot + 1}`,
  dash,
}));

export function overlayStyle(slot: number): LineStyle {
  return OVERLAY_STYLES[slot] ?? LIVE_STYLES.second;
}
