import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { FrameImages, Reading } from '../../domain/outputFrame';
import type { PictureSource } from './paint/tiles';
import { type NamedPlace, SphereView } from './sphereView';

interface SphereViewInput {
  /** Receives the view. */
  readonly view: RefObject<SphereView | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** The element with the name of an image, which is moved to it. */
  readonly label: RefObject<HTMLElement | null>;
  readonly images: FrameImages;
  readonly reading: Reading;
  readonly points: Float32Array;
  readonly trailStart: Float32Array | null;
  readonly selected: number | null;
  readonly pictures: PictureSource | null;
}

/** Room between a named tile and its name, in CSS pixels. */
const GAP = 6;

function placeLabel(canvas: HTMLCanvasElement, label: HTMLElement | null, place: NamedPlace): void {
  if (label === null || place === null) return;
  const isLow = place.y + place.half + GAP + label.offsetHeight > canvas.clientHeight;
  const y = isLow ? place.y - place.half - GAP - label.offsetHeight : place.y + place.half + GAP;
  const most = canvas.clientWidth - label.offsetWidth;
  const x = Math.max(0, Math.min(most, place.x - label.offsetWidth / 2));
  label.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

/** Keeps a `SphereView` on a canvas in step with what is to be shown. A new one begins for other images or another reading. */
export function useSphereView(input: SphereViewInput): void {
  const { view, canvas, label, images, reading, points, trailStart, selected, pictures } = input;
  const first = useRef(points);
  first.current = points;

  useLayoutEffect(() => {
    const element = canvas.current;
    // Readings have axes of their own: there is no way from one to the other.
    if (element === null || !reading) return;
    const made = new SphereView(element, images, first.current, (place) => placeLabel(element, label.current, place));
    view.current = made;
    const sizes = new ResizeObserver(made.resize);
    sizes.observe(element);
    // Mantine marks the colour scheme on the root element.
    const schemes = new MutationObserver(made.resize);
    schemes.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => {
      sizes.disconnect();
      schemes.disconnect();
      made.dispose();
    };
  }, [view, canvas, label, images, reading]);

  useEffect(() => view.current?.show(points, true), [view, points]);
  // A new view, for other images or another reading, needs these again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    view.current?.trailFrom(trailStart);
    view.current?.select(selected);
    view.current?.takePictures(pictures);
  }, [view, trailStart, selected, pictures, images, reading]);
}
