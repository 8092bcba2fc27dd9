import { type FunctionBuilder, i32, memory, type Value } from '../assembler';
import { FLOAT } from '../lanes';

/** An image [height, width, channels] inside a larger one of zeros. */
export interface PaddedImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly before: { readonly rows: number; readonly columns: number };
  readonly after: { readonly rows: number; readonly columns: number };
}

export const paddedRows = ({ height, before, after }: PaddedImage): number => height + before.rows + after.rows;
/** Bytes of a row, zeros included. */
export const paddedRowBytes = ({ width, channels, before, after }: PaddedImage): number =>
  (width + before.columns + after.columns) * channels * FLOAT;
export const paddedBytes = (image: PaddedImage): number => paddedRows(image) * paddedRowBytes(image);

/** The same zeros on all sides. */
export function paddedBy(pad: number, height: number, width: number, channels: number): PaddedImage {
  const side = { rows: pad, columns: pad };
  return { height, width, channels, before: side, after: side };
}

/** Copies an image into a buffer that already has zeros around it. */
export function copyIntoPadding(
  f: FunctionBuilder,
  image: PaddedImage,
  from: Value<'i32'>,
  padded: Value<'i32'>,
): void {
  const { height, width, channels, before } = image;
  const rowBytes = width * channels * FLOAT;
  const pitch = paddedRowBytes(image);
  const source = f.let(from);
  const target = f.let(i32.add(padded, before.rows * pitch + before.columns * channels * FLOAT));
  f.times(height, () => {
    f.emit(memory.copy(target, source, rowBytes));
    f.advance(source, rowBytes);
    f.advance(target, pitch);
  });
}
