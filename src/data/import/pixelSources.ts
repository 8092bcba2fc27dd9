import type { Rgba } from '../../formats/image/dimensions';
import type { Orientation } from '../../formats/image/exif';
import type { PixelSource } from './resample';

/** Composites RGBA on white, in place. */
function putOnWhite(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3];
    if (alpha === 255) continue;
    for (let c = i; c < i + 3; c++) rgba[c] = Math.round((rgba[c] * alpha + 255 * (255 - alpha)) / 255);
    rgba[i + 3] = 255;
  }
}

/** A decoded image on white; changes `rgba`. */
export function sourceOf({ width, height, rgba }: Rgba): PixelSource {
  putOnWhite(rgba);
  return {
    width,
    height,
    read(x, y, partWidth, partHeight) {
      if (x === 0 && partWidth === width) return rgba.subarray(y * width * 4, (y + partHeight) * width * 4);
      const part = new Uint8Array(partWidth * partHeight * 4);
      for (let row = 0; row < partHeight; row++) {
        const from = ((y + row) * width + x) * 4;
        part.set(rgba.subarray(from, from + partWidth * 4), row * partWidth * 4);
      }
      return part;
    },
  };
}

/** Which way the columns and rows of the upright image run in the stored one: x and y swapped, then each mirrored. */
const TURNS: Readonly<
  Record<Orientation, { readonly swap: boolean; readonly flipX: boolean; readonly flipY: boolean }>
> = {
  1: { swap: false, flipX: false, flipY: false },
  2: { swap: false, flipX: true, flipY: false },
  3: { swap: false, flipX: true, flipY: true },
  4: { swap: false, flipX: false, flipY: true },
  5: { swap: true, flipX: false, flipY: false },
  6: { swap: true, flipX: false, flipY: true },
  7: { swap: true, flipX: true, flipY: true },
  8: { swap: true, flipX: true, flipY: false },
};

/** The stored image `source` turned upright. `flipX` and `flipY` mirror the stored axes. */
export function upright(source: PixelSource, orientation: Orientation): PixelSource {
  if (orientation === 1) return source;
  const { swap, flipX, flipY } = TURNS[orientation];
  return {
    width: swap ? source.height : source.width,
    height: swap ? source.width : source.height,
    read(x, y, width, height) {
      const [storedWidth, storedHeight] = swap ? [height, width] : [width, height];
      const [along, down] = swap ? [y, x] : [x, y];
      const left = flipX ? source.width - along - storedWidth : along;
      const top = flipY ? source.height - down - storedHeight : down;
      const stored = source.read(left, top, storedWidth, storedHeight);
      const out = new Uint8Array(width * height * 4);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const [u, v] = swap ? [row, column] : [column, row];
          const storedX = flipX ? storedWidth - 1 - u : u;
          const storedY = flipY ? storedHeight - 1 - v : v;
          const from = (storedY * storedWidth + storedX) * 4;
          out.set(stored.subarray(from, from + 4), (row * width + column) * 4);
        }
      }
      return out;
    },
  };
}
