/** RGBA bytes of several square images as pictures. */
export function sliceImages(pixels: Uint8ClampedArray<ArrayBuffer>, size: number): ImageData[] {
  const bytes = size * size * 4;
  return Array.from(
    { length: Math.floor(pixels.length / bytes) },
    (_, i) => new ImageData(pixels.slice(i * bytes, (i + 1) * bytes), size, size),
  );
}
