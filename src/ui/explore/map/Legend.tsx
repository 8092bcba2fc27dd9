import { useComputedColorScheme } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import { grouped } from '../../numbers';
import { paletteAt } from '../../outputs/paint/palette';
import { type Colouring, coloursOf, type LegendEntry } from './colours';
import classes from './MapPanel.module.css';

/** More lines would hide the map. */
const MOST_LINES = 12;

interface LegendProps {
  readonly colouring: Colouring;
  readonly entries: readonly LegendEntry[];
  /** Number of images. */
  readonly total: number;
}

/** What the colours mean, and how many images have each. */
export function Legend({ colouring, entries, total }: LegendProps) {
  const list = useRef<HTMLUListElement>(null);
  const [colours, setColours] = useState<readonly string[]>([]);
  const colorScheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides the colours
  useLayoutEffect(() => {
    if (list.current !== null) setColours(coloursOf(colouring, paletteAt(list.current)));
  }, [colouring, colorScheme]);
  return (
    <ul ref={list} className={classes.legend} aria-label="Colours">
      {entries.slice(0, MOST_LINES).map(({ colour, words, count }) => (
        <li key={words}>
          <span className={classes.swatch} style={{ background: colours[colour] }} />
          <span className={classes.meaning}>{words}</span>
          <span className={classes.share}>
            {grouped(count)}
            {colouring === 'otherClass' && total > 0 && ` · ${Math.round((100 * count) / total)} %`}
          </span>
        </li>
      ))}
    </ul>
  );
}
