import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import classes from './Lists.module.css';

interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  /** The height of most rows in CSS pixels; others are measured. */
  readonly rowHeight: number;
  children(row: number): ReactNode;
}

/** A long list, of which only the rows in view are in the page. */
export function VirtualList({ label, count, rowHeight, children }: VirtualListProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 3,
  });
  return (
    <div ref={scroll} className={classes.scroll}>
      <ul className={classes.rows} aria-label={label} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <li
            key={key}
            ref={rows.measureElement}
            className={classes.row}
            data-index={index}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start}px)` }}
          >
            {children(index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
