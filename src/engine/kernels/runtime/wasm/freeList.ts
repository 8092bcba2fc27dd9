/** Free ranges of bytes in order of their offsets; neighbours are joined. */
export class FreeList {
  readonly #ranges: { offset: number; bytes: number }[] = [];

  /** Takes so many bytes out of the smallest range that holds them; null where none does. */
  take(bytes: number): number | null {
    let best = -1;
    for (let i = 0; i < this.#ranges.length; i++) {
      const size = this.#ranges[i].bytes;
      if (size >= bytes && (best < 0 || size < this.#ranges[best].bytes)) best = i;
    }
    if (best < 0) return null;
    const range = this.#ranges[best];
    const { offset } = range;
    range.offset += bytes;
    range.bytes -= bytes;
    if (range.bytes === 0) this.#ranges.splice(best, 1);
    return offset;
  }

  /** Adds a range that overlaps none of the free ones. */
  give(offset: number, bytes: number): void {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle].offset < offset) low = middle + 1;
      else high = middle;
    }
    const before = this.#ranges.at(low - 1);
    const after = this.#ranges.at(low);
    const joinsBefore = low > 0 && before !== undefined && before.offset + before.bytes === offset;
    const joinsAfter = after !== undefined && offset + bytes === after.offset;
    if (joinsBefore) {
      before.bytes += bytes;
      if (joinsAfter) {
        before.bytes += after.bytes;
        this.#ranges.splice(low, 1);
      }
    } else if (joinsAfter) {
      after.offset = offset;
      after.bytes += bytes;
    } else {
      this.#ranges.splice(low, 0, { offset, bytes });
    }
  }
}
