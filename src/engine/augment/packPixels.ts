/**
 * Copies images of a data set into a batch of packed pixels: one int32 per pixel, whose bytes are R, G, B, A in memory order.
 * @param pixels uint8 RGBA, square images of side `size` one after the other, alpha 255
 * @param indices which images, in the order of the batch
 * @returns [indices.length, size, size], C order
 * @throws RangeError when an index is outside the data set
 */
export function packPixels(pixels: Uint8Array, size: number, indices: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const imageBytes = size * size * 4;
  const count = pixels.length / imageBytes;
  // Copied as bytes, because the pixels of a data set may start at any offset of their buffer.
  const batch = new Uint8Array(indices.length * imageBytes);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(index >= 0 && index < count)) throw new RangeError(`packPixels: no image ${index} among ${count}`);
    batch.set(pixels.subarray(index * imageBytes, (index + 1) * imageBytes), i * imageBytes);
  }
  return new Int32Array(batch.buffer);
}
