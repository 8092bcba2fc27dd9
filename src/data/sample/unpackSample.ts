import { decode } from 'fast-png';
import type { ImageDataset, PictureStorage, SampleId } from '../../domain/imageDataset';
import { type DecodedPicture, joinPictures } from '../import/pictureCollection';
import { PictureMeter } from '../import/pictureMeasures';
import { centerSquare } from '../import/resample';
import { SAMPLES } from './catalogue';

/** The JSON file that belongs to a sample's sheet. `names`, `labels` and `split` have one entry per image. */
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

/**
 * A built-in sample from its two files. The PNG sheet is decoded here, not by the browser, whose canvas may convert colours, so that
 * the page and Node get identical bytes.
 * @throws Error when the sheet does not match the manifest.
 */
export function unpackSample(
  id: SampleId,
  manifest: SampleManifest,
  png: Uint8Array,
  { sourceSize, imageSize }: PictureStorage,
): ImageDataset {
  const { tile, padding, columns, names, labels, split } = manifest;
  const sheet = decode(png);
  const count = names.length;
  if (sheet.width !== tile * columns || sheet.height < tile * Math.ceil(count / columns) || labels.length !== count) {
    throw new Error(`the sheet of ${id} does not match its list of images`);
  }
  const side = tile + 2 * padding;
  const size = sourceSize === 'square' ? imageSize : Math.min(side, sourceSize);
  const pictures = names.map((_, i): DecodedPicture => {
    const unpacked = (wanted: number) => {
      const pixels = new Uint8Array(wanted * wanted * 4);
      unpackTile(sheet, (i % columns) * tile, Math.floor(i / columns) * tile, manifest, wanted, pixels);
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
    count,
    names,
    labels: Int16Array.from(labels),
    classNames: manifest.classNames,
    split: Uint8Array.from(split),
    ...joinPictures(pictures),
  };
}
