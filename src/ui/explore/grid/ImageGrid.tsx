import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { Thumbnail, useImageName } from '../../images/Thumbnail';
import { inWords } from '../../numbers';
import { baseName } from '../words';
import { placeAfterKey } from './gridKeys';
import classes from './ImageGrid.module.css';

/** Sides of a tile, without the lines of text below it, in CSS pixels. */
const TILE = 76;
const GAP = 10;
const NAME_HEIGHT = 18;
const NOTE_HEIGHT = 16;

interface ImageGridProps {
  readonly label: string;
  /** Indices in the data set. */
  readonly images: readonly number[];
  readonly chosen: ReadonlySet<number>;
  /** A line under each name; null where there is none. */
  note: ((place: number) => string) | null;
  onOpen(image: number): void;
  onToggle(image: number): void;
}

/** Any number of images as a list of pictures with names, of which some are chosen. Only the rows in view are in the page. */
export function ImageGrid({ label, images, chosen, note, onOpen, onToggle }: ImageGridProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const { ref: sized, width, height } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroll, sized);
  const [active, setActive] = useState(0);
  const takesFocus = useRef(false);
  const columns = Math.max(1, Math.floor((width + GAP) / (TILE + GAP)));
  const side = (width - (columns - 1) * GAP) / columns;
  const rowHeight = Math.max(TILE, side) + NAME_HEIGHT + (note === null ? 0 : NOTE_HEIGHT) + GAP;
  const rows = useVirtualizer({
    count: Math.ceil(images.length / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 2,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows have another height then
  useEffect(() => rows.measure(), [rows, rowHeight]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    setActive(0);
    rows.scrollToOffset(0);
  }, [images]);
  // After each render, since a row comes into the page only when it is scrolled to.
  useEffect(() => {
    if (!takesFocus.current) return;
    const option = scroll.current?.querySelector<HTMLElement>(`[data-place="${active}"]`);
    if (!option) return;
    takesFocus.current = false;
    option.focus({ preventScroll: true });
  });
  const shown = rows.getVirtualItems();
  const first = (shown[0]?.index ?? 0) * columns;
  const last = ((shown.at(-1)?.index ?? 0) + 1) * columns - 1;
  // One of the images in the page is always the stop of the Tab key.
  const stop = active >= first && active <= last ? active : first;

  const onKeyDown = (event: KeyboardEvent) => {
    const image = images[stop];
    if (event.ctrlKey || event.metaKey || event.altKey || image === undefined) return;
    if (event.key === ' ') onToggle(image);
    else if (event.key === 'Enter') onOpen(image);
    else {
      const page = Math.max(1, Math.floor(height / rowHeight));
      const place = placeAfterKey(event.key, stop, images.length, columns, page);
      if (place === null) return;
      setActive(place);
      takesFocus.current = true;
      rows.scrollToIndex(Math.floor(place / columns));
    }
    event.preventDefault();
  };
  const onClick = (event: MouseEvent, image: number, place: number) => {
    setActive(place);
    const isTick = event.target instanceof Element && event.target.closest(`.${classes.tick}`) !== null;
    if (isTick || event.ctrlKey || event.metaKey) onToggle(image);
    else onOpen(image);
  };
  return (
    <div
      ref={ref}
      className={classes.grid}
      role="listbox"
      aria-label={label}
      aria-multiselectable
      data-testid="explore-grid"
      onKeyDown={onKeyDown}
    >
      <div className={classes.all} style={{ height: rows.getTotalSize() }} role="presentation">
        {shown.map((row) => (
          <div
            key={row.key}
            className={classes.row}
            role="presentation"
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              gap: GAP,
            }}
          >
            {images.slice(row.index * columns, (row.index + 1) * columns).map((image, column) => {
              const place = row.index * columns + column;
              return (
                <Tile
                  key={image}
                  image={image}
                  place={place}
                  count={images.length}
                  isStop={place === stop}
                  isChosen={chosen.has(image)}
                  note={note?.(place) ?? null}
                  onClick={(event) => onClick(event, image, place)}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

interface TileProps {
  readonly image: number;
  readonly place: number;
  readonly count: number;
  readonly isStop: boolean;
  readonly isChosen: boolean;
  readonly note: string | null;
  onClick(event: MouseEvent): void;
}

function Tile({ image, place, count, isStop, isChosen, note, onClick }: TileProps) {
  const name = useImageName(image);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list listens to the keys
    <div
      className={classes.tile}
      role="option"
      aria-selected={isChosen}
      aria-label={note === null ? name : `${name}, ${note}`}
      aria-setsize={count}
      aria-posinset={place + 1}
      tabIndex={isStop ? 0 : -1}
      data-place={place}
      title={name}
      onClick={onClick}
    >
      <Thumbnail index={image} decorative />
      <span className={classes.tick} aria-hidden>
        {isChosen && <IconCheck size={13} stroke={3} />}
      </span>
      <span className={classes.name}>{baseName(name)}</span>
      {note !== null && <span className={classes.note}>{note}</span>}
    </div>
  );
}

/** “0.91” */
export function similarityWords(similarity: number): string {
  return inWords(similarity, 3);
}
