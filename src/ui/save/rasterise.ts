/** Pixels of the PNG per pixel of the SVG, so that it is sharp on paper and on high-resolution screens. */
const SCALE = 2;

/**
 * An SVG as a PNG of twice its size.
 * @throws Error (rejection) where the browser does not give a canvas of that size, or cannot draw the SVG
 */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('This browser does not provide a canvas to draw on.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('This browser could not make a PNG of the chart.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
