import { type RefObject, useEffect, useLayoutEffect } from 'react';
import type { Clusters } from '../../../domain/exploration';
import type { PictureSource } from '../../outputs/paint/tiles';
import type { Colouring, PointColours } from './colours';
import { type MapElements, type MapListeners, MapView } from './mapView';
import type { Region } from './regions';

interface Shown {
  readonly view: RefObject<MapView | null>;
  readonly elements: { readonly [K in Exclude<keyof MapElements, 'covers'>]: RefObject<MapElements[K] | null> };
  readonly covers: readonly RefObject<HTMLElement | null>[];
  /** Number of images. */
  readonly count: number;
  readonly pictures: PictureSource;
  readonly positions: Float32Array;
  readonly clusters: Clusters | null;
  readonly regions: readonly Region[];
  readonly colouring: Colouring;
  readonly colours: PointColours;
  readonly chosen: ReadonlySet<number>;
  /** The same object for as long as the view is the same. */
  readonly listeners: MapListeners;
}

/** Keeps a `MapView` in step with what is to be shown. Another number of images gets a new one. */
export function useMapView(shown: Shown): void {
  const {
    view,
    elements,
    covers,
    count,
    pictures,
    positions,
    clusters,
    regions,
    colouring,
    colours,
    chosen,
    listeners,
  } = shown;
  const { points, over, labels, overview, frame } = elements;

  useLayoutEffect(() => {
    const all = [points.current, over.current, labels.current, overview.current, frame.current] as const;
    const [pointsNow, overNow, labelsNow, overviewNow, frameNow] = all;
    if (!pointsNow || !overNow || !labelsNow || !overviewNow || !frameNow) return;
    const coversNow = covers.map(({ current }) => current).filter((element) => element !== null);
    const parts = {
      points: pointsNow,
      over: overNow,
      labels: labelsNow,
      overview: overviewNow,
      frame: frameNow,
      covers: coversNow,
    };
    const made = new MapView(parts, count, pictures, listeners);
    view.current = made;
    const sizes = new ResizeObserver(made.resize);
    sizes.observe(overNow);
    // Mantine marks the colour scheme on the root element.
    const schemes = new MutationObserver(made.resize);
    schemes.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      sizes.disconnect();
      schemes.disconnect();
      made.dispose();
      view.current = null;
    };
  }, [view, points, over, labels, overview, frame, count, pictures, listeners, covers]);

  // A new view needs each of these again; it comes with another number of images, and so with another of each.
  useLayoutEffect(() => view.current?.move(positions), [view, positions]);
  useLayoutEffect(() => view.current?.paint(colouring, colours), [view, colouring, colours]);
  useLayoutEffect(
    () => view.current?.name(regions, clusters?.labels ?? new Int32Array(0), clusters?.medoids ?? new Int32Array(0)),
    [view, regions, clusters],
  );
  useEffect(() => view.current?.choose(chosen), [view, chosen]);
}
