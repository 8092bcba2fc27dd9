import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import type { MapView } from './mapView';

/** A press that moves by fewer CSS pixels is a click. */
const CLICK_MOVE = 4;
/** How far an arrow key moves, in CSS pixels, and a key zooms. */
const KEY_PAN = 70;
export const ZOOM_STEP = 1.4;
const PANS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [KEY_PAN, 0],
  ArrowRight: [-KEY_PAN, 0],
  ArrowUp: [0, KEY_PAN],
  ArrowDown: [0, -KEY_PAN],
};
/** Wheels report pixels, lines or pages. */
const WHEEL_PIXELS = [1, 18, 400] as const;
const WHEEL_SPEED = 0.0016;

export interface MapActions {
  /** Whether dragging draws a lasso also without Shift. */
  readonly isLasso: boolean;
  /** The image that is named at present. */
  readonly named: number | null;
  onName(image: number | null): void;
  /** `adds`: whether it is added to the chosen ones, or taken away. */
  onPick(image: number, adds: boolean): void;
  onLace(): void;
}

interface Press {
  readonly kind: 'pan' | 'lasso';
  readonly startX: number;
  readonly startY: number;
  hasMoved: boolean;
  /** Places of the lasso in turn. */
  readonly path: number[];
}

/** Panning, zooming, naming, choosing and the lasso, by mouse, touch and keyboard. */
export function useMapInput(
  view: RefObject<MapView | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
  { isLasso, named, onName, onPick, onLace }: MapActions,
) {
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const press = useRef<Press | null>(null);
  const hover = useRef(0);

  // React listens to the wheel passively, so that the page would scroll beside.
  useEffect(() => {
    const element = canvas.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const pixels = event.deltaY * (WHEEL_PIXELS[event.deltaMode] ?? 1);
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      const speed = event.ctrlKey ? 6 * WHEEL_SPEED : WHEEL_SPEED;
      const factor = Math.exp(-speed * Math.max(-300, Math.min(300, pixels)));
      const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
      view.current?.zoom(factor, [event.clientX - left, event.clientY - top]);
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => {
      element?.removeEventListener('wheel', turn);
      cancelAnimationFrame(hover.current);
    };
  }, [view, canvas]);

  const placeOf = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLCanvasElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const nameAt = (x: number, y: number) => {
    cancelAnimationFrame(hover.current);
    hover.current = requestAnimationFrame(() => onName(view.current?.imageAt(x, y) ?? null));
  };
  const drag = (x: number, y: number, before: { x: number; y: number }) => {
    const now = press.current;
    if (now === null) return;
    if (!now.hasMoved && Math.hypot(x - now.startX, y - now.startY) < CLICK_MOVE) return;
    if (!now.hasMoved) onName(null);
    now.hasMoved = true;
    if (now.kind === 'pan') view.current?.pan(x - before.x, y - before.y);
    else {
      now.path.push(x, y);
      view.current?.draw(now.path);
    }
  };
  const pinch = (id: number, x: number, y: number, before: { x: number; y: number }) => {
    const other = [...pointers.current].find(([key]) => key !== id)?.[1];
    if (other === undefined) return;
    const [was, is] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(x - other.x, y - other.y)];
    if (was > 0 && is > 0) view.current?.zoom(is / was, [(x + other.x) / 2, (y + other.y) / 2]);
    view.current?.pan((x - before.x) / 2, (y - before.y) / 2);
  };

  const end = (event: PointerEvent<HTMLCanvasElement>, isCancelled: boolean) => {
    pointers.current.delete(event.pointerId);
    const was = press.current;
    press.current = null;
    if (was === null || isCancelled) return;
    if (was.kind === 'lasso' && was.hasMoved) onLace();
    if (was.hasMoved) return;
    const image = view.current?.imageAt(was.startX, was.startY) ?? null;
    if (image !== null) onPick(image, event.ctrlKey || event.metaKey);
  };

  return {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      if (event.button !== 0) return;
      const { x, y } = placeOf(event);
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, { x, y });
      // A second finger zooms, whatever the first one began.
      if (pointers.current.size > 1) {
        if (press.current?.kind === 'lasso') view.current?.unlace();
        press.current = null;
      } else {
        const kind = isLasso || event.shiftKey ? 'lasso' : 'pan';
        press.current = { kind, startX: x, startY: y, hasMoved: false, path: [x, y] };
      }
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      const { x, y } = placeOf(event);
      const before = pointers.current.get(event.pointerId);
      if (before === undefined) {
        nameAt(x, y);
        return;
      }
      if (pointers.current.size > 1) pinch(event.pointerId, x, y, before);
      else drag(x, y, before);
      pointers.current.set(event.pointerId, { x, y });
    },
    onPointerUp: (event: PointerEvent<HTMLCanvasElement>) => end(event, false),
    onPointerCancel: (event: PointerEvent<HTMLCanvasElement>) => end(event, true),
    onPointerLeave() {
      cancelAnimationFrame(hover.current);
      if (press.current === null) onName(null);
    },
    onBlur: () => onName(null),
    onKeyDown(event: KeyboardEvent<HTMLCanvasElement>) {
      const { key } = event;
      const map = view.current;
      if (map === null || event.ctrlKey || event.metaKey || event.altKey) return;
      const direction = PANS[key];
      const { shown } = map;
      const at = named === null ? -1 : shown.indexOf(named);
      if (direction !== undefined) map.pan(...direction);
      else if (key === '+' || key === '=') map.zoom(ZOOM_STEP);
      else if (key === '-') map.zoom(1 / ZOOM_STEP);
      else if (key === '0' || key === 'Home') map.fit();
      else if (key === ']' && shown.length > 0) onName(shown[(at + 1) % shown.length]);
      else if (key === '[' && shown.length > 0) onName(shown[(at < 0 ? 0 : at + shown.length - 1) % shown.length]);
      else if (key === 'Enter' && named !== null) onPick(named, event.shiftKey);
      else if (key === 'Escape' && named !== null) onName(null);
      else return;
      event.preventDefault();
    },
  };
}
