import { expect, it } from 'vitest';
import { Pictures } from '../../src/ui/explore/map/pictures';

/** A square whose red says its image. */
function pictureOf(image: number): ImageData {
  const picture = new ImageData(4, 4);
  for (let i = 0; i < picture.data.length; i += 4) picture.data.set([image % 256, image >> 8, 0, 255], i);
  return picture;
}

const shownBy = (canvas: HTMLCanvasElement) => {
  const [red, green] = canvas.getContext('2d')!.getImageData(0, 0, 1, 1).data;
  return red! + 256 * green!;
};

it('pictures of a frame stay as they are while later ones take the canvases of those that are not shown', () => {
  const pictures = new Pictures({ get: pictureOf, want: () => undefined, subscribe: () => () => undefined });
  const frame = (images: readonly number[]) => {
    pictures.beginFrame();
    return images.flatMap((image) => {
      const canvas = pictures.get(image);
      return canvas === null ? [] : [[image, canvas] as const];
    });
  };
  // Shown in all frames, so that these are the first that were made.
  const lasting = Array.from({ length: 100 }, (_, i) => i);
  const canvases = new Set<HTMLCanvasElement>();
  for (let next = 100; next < 1000; next += 4) {
    const shown = frame([...lasting, next, next + 1, next + 2, next + 3]);
    for (const [image, canvas] of shown) {
      expect(shownBy(canvas)).toBe(image);
      canvases.add(canvas);
    }
  }
  expect(frame(lasting)).toHaveLength(100);
  expect(canvases.size).toBeLessThan(300);
});
