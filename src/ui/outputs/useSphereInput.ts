import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useRef, useState } from 'react';
import type { FrameImages } from '../../domain/outputFrame';
import type { SphereView } from './sphereView';

/** A press that moves by fewer pixels is a click. */
const CLICK_MOVE = 4;
/** How far an arrow key turns, in pixels of a drag. */
const KEY_TURN = 30;
const TURNS: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-KEY_TURN, 0],
  ArrowRight: [KEY_TURN, 0],
  ArrowUp: [0, KEY_TURN],
  ArrowDown: [0, -KEY_TURN],
};

interface SphereActions {
  readonly images: FrameImages;
  onTurn(): void;
  onReset(): void;
  onChoose(index: number): void;
}

interface Drag {
  readonly startX: number;
  readonly startY: number;
  x: number;
  y: number;
  hasMoved: boolean;
}

/** Turning and choosing by pointer and keyboard. `named` is the image that is pointed at, by its place among the points. */
export function useSphereInput(view: RefObject<SphereView | null>, actions: SphereActions) {
  const { images, onTurn, onReset, onChoose } = actions;
  const [named, setNamed] = useState<number | null>(null);
  const drag = useRef<Drag | null>(null);

  const name = useCallback(
    (image: number | null) => {
      setNamed(image);
      view.current?.name(image);
    },
    [view],
  );
  const nameNone = useCallback(() => name(null), [name]);
  const choose = (image: number | null) => {
    const index = image === null ? undefined : images.indices[image];
    if (index !== undefined) onChoose(index);
  };
  const turn = (right: number, up: number) => {
    view.current?.turn(right, up);
    onTurn();
  };
  const imageUnder = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLCanvasElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return view.current?.imageAt(clientX - left, clientY - top) ?? null;
  };

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      if (event.button !== 0) return;
      const { clientX: x, clientY: y } = event;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { startX: x, startY: y, x, y, hasMoved: false };
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      const { clientX: x, clientY: y } = event;
      const from = drag.current;
      if (from === null) {
        name(imageUnder(event));
        return;
      }
      if (!from.hasMoved && Math.hypot(x - from.startX, y - from.startY) < CLICK_MOVE) return;
      if (!from.hasMoved) name(null);
      from.hasMoved = true;
      turn(x - from.x, from.y - y);
      from.x = x;
      from.y = y;
    },
    onPointerUp(event: PointerEvent<HTMLCanvasElement>) {
      const isClick = drag.current?.hasMoved === false;
      drag.current = null;
      if (!isClick) return;
      const image = imageUnder(event);
      name(image);
      choose(image);
    },
    onPointerCancel() {
      drag.current = null;
    },
    onPointerLeave() {
      if (drag.current === null) name(null);
    },
    onBlur: nameNone,
    onKeyDown(event: KeyboardEvent<HTMLCanvasElement>) {
      const { key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const direction = TURNS[key];
      const count = images.indices.length;
      if (direction !== undefined) turn(...direction);
      else if (key === 'Home') {
        view.current?.resetSide();
        onReset();
      } else if (key === ']' && count > 0) name(named === null ? 0 : (named + 1) % count);
      else if (key === '[' && count > 0) name(named === null ? count - 1 : (named + count - 1) % count);
      else if (key === 'Enter' && named !== null) choose(named);
      else if (key === 'Escape' && named !== null) name(null);
      else return;
      event.preventDefault();
    },
  };
  return { named, handlers, nameNone };
}
