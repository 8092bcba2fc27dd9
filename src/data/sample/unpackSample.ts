import { decode } from 'fast-png';
import type { ImageDataset, PictureStorage, SampleId } from '../../domain/imageDataset';
import { factsOf, imagesOfRun } from '../../domain/imagesOfRun';
import { type DecodedPicture, joinPictures } from '../import/pictureCollection';
import { PictureMeter } from '../import/pictureMeasures';
import { centerSquare } from '../import/resample';
import { SAMPLES } from './catalogue';
import { imagesOfParts, partsFor } from './parts';

/** The JSON file that belongs to a sample's sheets. `names`, `labels` and `split` have one entry per image of the whole sample. */
export interface SampleManifest {
  /** Side of an image on the sheet, in pixels; images are in rows of `columns`, from left to right and from the top down. */
  readonly tile: number;
  readonly columns: number;
  /** Width in pixels of the black frame that is added around each image. */
  readonly padding: number;
  readonly classNames: readonly string[];
  readonly names: readonly string[];
  /** Class index or -1. */
  readonly labels: readonly number[];
  /** 0: train, 1: test. */
  readonly split: readonly number[];
}

/** The values of a sheet, row-major, one (grey) or three (RGB) per pixel. */
export interface Sheet {
  readonly width: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

type Frame = Pick<SampleManifest, 'tile' | 'padding'>;

/**
 * One image of the sheet as `size` x `size` RGBA, the same bytes on every machine. With an integer factor, enlarging repeats pixels and
 * shrinking takes the rounded mean of each block; with any other factor, `centerSquare` scales the image.
 */
export function unpackTile(sheet: Sheet, left: number, top: number, frame: Frame, size: number, out: Uint8Array): void {
  const side = frame.tile + 2 * frame.padding;
  if (size % side === 0 || side % size === 0) {
    scaleByWholeFactor(sheet, left, top, frame, size, out);
    return;
  }
  const whole = new Uint8Array(side * side * 4);
  scaleByWholeFactor(sheet, left, top, frame, side, whole);
  const read = (_left: number, y: number, width: number, height: number) =>
    whole.subarray(y * width * 4, (y + height) * width * 4);
  centerSquare({ width: side, height: side, read }, size, out);
}

function scaleByWholeFactor(
  sheet: Sheet,
  left: number,
  top: number,
  { tile, padding }: Frame,
  size: number,
  out: Uint8Array,
): void {
  const scale = size / (tile + 2 * padding);
  const block = Math.max(1, 1 / scale);
  const step = Math.max(1, scale);
  const { data, channels } = sheet;
  const green = channels === 1 ? 0 : 1;
  const blue = channels === 1 ? 0 : 2;
  const area = block * block;
  for (let y = 0, to = 0; y < size; y++) {
    const fromY = Math.floor(y / step) * block - padding;
    for (let x = 0; x < size; x++, to += 4) {
      const fromX = Math.floor(x / step) * block - padding;
      out[to + 3] = 255;
      if (fromX < 0 || fromY < 0 || fromX >= tile || fromY >= tile) continue;
      let sumRed = area / 2;
      let sumGreen = sumRed;
      let sumBlue = sumRed;
      for (let dy = 0; dy < block; dy++) {
        let from = ((top + fromY + dy) * sheet.width + left + fromX) * channels;
        for (let dx = 0; dx < block; dx++, from += channels) {
          sumRed += data[from];
          sumGreen += data[from + green];
          sumBlue += data[from + blue];
        }
      }
      out[to] = Math.floor(sumRed / area);
      out[to + 1] = Math.floor(sumGreen / area);
      out[to + 2] = Math.floor(sumBlue / area);
    }
  }
}

/** Where an image is: its sheet, and its tile there. */
interface TilePlace {
  readonly sheet: Sheet;
  readonly tile: number;
}

/** The places of the images on the sheets, by the images' places in the manifest. */
function placesOnSheets(id: SampleId, { tile, columns, split }: SampleManifest, pngs: readonly Uint8Array[]) {
  const places = new Map<number, TilePlace>();
  for (const [part, images] of imagesOfParts(split, SAMPLES[id].parts).entries()) {
    const png = pngs[part];
    if (png === undefined) break;
    const sheet = decode(png);
    if (sheet.width !== tile * columns || sheet.height < tile * Math.ceil(images.length / columns)) {
      throw new Error(`a sheet of ${id} does not match its list of images`);
    }
    for (const [position, image] of images.entries()) places.set(image, { sheet, tile: position });
  }
  return places;
}

/**
 * The images of a built-in sample that a run uses. The PNG sheets are decoded here, not by the browser, whose canvas may convert colours, so
 * that the page and Node get identical bytes.
 * @param pngs the sheets of `partsFor(id, images)`
 * @param images how many (the setting `images`)
 * @throws Error when the sheets do not match the manifest.
 */
export function unpackSample(
  id: SampleId,
  manifest: SampleManifest,
  pngs: readonly Uint8Array[],
  { sourceSize, imageSize }: PictureStorage,
  images: number,
): ImageDataset {
  const { tile, padding, columns, names, labels, split } = manifest;
  if (pngs.length !== partsFor(id, images).length || labels.length !== names.length) {
    throw new Error(`the sheets of ${id} do not match its list of images`);
  }
  const places = placesOnSheets(id, manifest, pngs);
  const chosen = imagesOfRun(split, images);
  const side = tile + 2 * padding;
  const size = sourceSize === 'square' ? imageSize : Math.min(side, sourceSize);
  const pictures = Array.from(chosen, (image): DecodedPicture => {
    const place = places.get(image);
    if (place === undefined) throw new Error(`no sheet of ${id} has its image ${image}`);
    const left = (place.tile % columns) * tile;
    const top = Math.floor(place.tile / columns) * tile;
    const unpacked = (wanted: number) => {
      const pixels = new Uint8Array(wanted * wanted * 4);
      unpackTile(place.sheet, left, top, manifest, wanted, pixels);
      return pixels;
    };
    const whole = unpacked(side);
    const meter = new PictureMeter(side, side);
    meter.add(whole, side);
    const pixels = size === side ? whole : unpacked(size);
    return {
      pixels,
      width: size,
      height: size,
      originalWidth: side,
      originalHeight: side,
      ...meter.measures,
    };
  });
  const { title, license } = SAMPLES[id];
  return {
    name: title,
    source: { kind: 'sample', id, license: `${license.name}. ${license.holders.join('. ')}.` },
    size,
    count: chosen.length,
    classNames: manifest.classNames,
    ...factsOf({ names, labels: Int16Array.from(labels), split: Uint8Array.from(split) }, chosen),
    ...joinPictures(pictures),
  };
}
