import type { ImageSize, PictureStorage } from '../../src/domain/imageDataset';

/** Pictures cut to their centre squares at this size, as in versions 1 to 3. */
export const squares = (imageSize: ImageSize): PictureStorage => ({ sourceSize: 'square', imageSize });
