/** The place in a grid that a key moves the focus to from place `at`; null for other keys. `page` is how many rows are in view. */
export function placeAfterKey(key: string, at: number, count: number, columns: number, page: number): number | null {
  const within = (place: number) => Math.max(0, Math.min(count - 1, place));
  // Up and down stay in the column, and where there is no further row.
  const byRows = (rows: number) => {
    const place = at + rows * columns;
    if (place < 0) return at % columns;
    return place < count ? place : Math.max(at, within(lastInColumn(at % columns, count, columns)));
  };
  switch (key) {
    case 'ArrowLeft':
      return within(at - 1);
    case 'ArrowRight':
      return within(at + 1);
    case 'ArrowUp':
      return byRows(-1);
    case 'ArrowDown':
      return byRows(1);
    case 'PageUp':
      return byRows(-page);
    case 'PageDown':
      return byRows(page);
    case 'Home':
      return 0;
    case 'End':
      return within(count - 1);
    default:
      return null;
  }
}

function lastInColumn(column: number, count: number, columns: number): number {
  return column + columns * Math.floor((count - 1 - column) / columns);
}
