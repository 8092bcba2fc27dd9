import { type Camera, type Size, toScreen } from './camera';
import { type Box, placeLabels } from './placing';
import { regionTops } from './regions';

/** A cluster whose name stands on the map. */
export interface NamedRegion {
  readonly cluster: number;
}

/** Moves the names of clusters, which are elements of the page, to where their clusters lie, and hides those without room. */
export class MapLabels {
  readonly #place: HTMLElement;
  #regions: readonly NamedRegion[] = [];
  #labels: Int32Array = new Int32Array(0);
  #clusters = 0;
  #tops: Float32Array = new Float32Array(0);
  #sizes: readonly { readonly width: number; readonly height: number }[] = [];
  #boxes: readonly Box[] = [];

  /** @param place whose children are the names, as buttons, in the order of the regions */
  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Where the names stand that are shown, in CSS pixels. */
  get boxes(): readonly Box[] {
    return this.#boxes;
  }

  /**
   * @param regions the most important first
   * @param labels [n]: the cluster of each image
   */
  name(regions: readonly NamedRegion[], labels: Int32Array, clusters: number): void {
    this.#regions = regions;
    this.#labels = labels;
    this.#clusters = clusters;
    this.#sizes = this.#elements.map(({ offsetWidth, offsetHeight }) => ({ width: offsetWidth, height: offsetHeight }));
  }

  move(positions: Float32Array): void {
    this.#tops =
      this.#clusters > 0 && positions.length === 2 * this.#labels.length
        ? regionTops(this.#labels, this.#clusters, positions)
        : new Float32Array(0);
  }

  /** @param taken where other parts of the page stand, in CSS pixels */
  place(camera: Camera, size: Size, taken: readonly Box[]): void {
    const elements = this.#elements;
    const wanted = this.#regions.map(({ cluster }, i) => {
      const at = [this.#tops[2 * cluster] ?? Number.NaN, this.#tops[2 * cluster + 1] ?? Number.NaN] as const;
      const [x, y] = toScreen(camera, size, at);
      return { x, y, ...(this.#sizes[i] ?? { width: 0, height: 0 }) };
    });
    const boxes = this.#tops.length === 0 ? wanted.map(() => null) : placeLabels(wanted, size, taken);
    this.#boxes = boxes.filter((box) => box !== null);
    for (const [i, element] of elements.entries()) {
      const box = boxes[i] ?? null;
      element.style.visibility = box === null ? 'hidden' : 'visible';
      // A name that is not shown is no stop of the keyboard.
      element.disabled = box === null;
      if (box !== null) element.style.transform = `translate(${Math.round(box.left)}px, ${Math.round(box.top)}px)`;
    }
  }

  get #elements(): HTMLButtonElement[] {
    return [...this.#place.children].filter((child): child is HTMLButtonElement => child instanceof HTMLButtonElement);
  }
}
