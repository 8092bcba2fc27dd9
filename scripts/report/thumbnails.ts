import sharp from 'sharp';
import { pixelsOf, type TrainingImages, withPixels } from '../../src/engine/images/pictureCache';

/** The longer side of a thumbnail in pixels. */
const SIDE = 96;

/** A picture's thumbnail as a data URL. */
export type Thumbnails = (index: number) => Promise<string>;

/** Thumbnails of pictures; each is made once. */
export function thumbnailsOf(images: TrainingImages): Thumbnails {
  const made = new Map<number, Promise<string>>();
  const make = async (index: number): Promise<string> => {
    const raw = { width: images.widths[index], height: images.heights[index], channels: 4 } as const;
    const pixels = await withPixels(images, [index], () => pixelsOf(images, index).slice());
    const small = sharp(pixels, { raw }).removeAlpha().resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true });
    const jpeg = await small.jpeg({ quality: 80 }).toBuffer();
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  };
  return (index) => {
    const known = made.get(index) ?? make(index);
    made.set(index, known);
    return known;
  };
}
