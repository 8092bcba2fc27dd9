import { decodeInBrowser } from '../data/import/decodeInBrowser';
import { type DecodedPicture, keepPicture } from '../data/import/pictureCollection';
import { type ImageDataset, type PictureStorage, placesOf, TRAIN } from '../domain/imageDataset';
import { checkFileSize, inspectImage } from '../formats/image/inspectImage';
import { refuseOtherFile } from '../formats/otherFiles';
import { UnusableFile } from '../formats/unusableFile';
import { CommandError } from './errors';

/** How a picture is kept that is compared by its pixels alone. */
const FOR_PIXELS: PictureStorage = { sourceSize: 64, imageSize: 64 };

/**
 * The picture in a file, as a data set of one image that is kept as those of a run are.
 * @throws CommandError `unusable-file` saying why it is no picture
 */
export async function decodeFile(file: Blob, storage: PictureStorage | null): Promise<ImageDataset> {
  try {
    checkFileSize(file.size);
    const bytes = new Uint8Array(await file.arrayBuffer());
    refuseOtherFile(bytes);
    let picture: DecodedPicture | undefined;
    await decodeInBrowser(bytes, inspectImage(bytes), (source) => {
      picture = keepPicture(source, storage ?? FOR_PIXELS);
    });
    if (picture === undefined) throw new Error('the decoder passed no pixels');
    return datasetOf(picture);
  } catch (error) {
    const reason = error instanceof UnusableFile ? error.message : 'is damaged: it could not be decoded';
    throw new CommandError('unusable-file', `This file ${reason}. Choose a picture.`);
  }
}

function datasetOf({ pixels, width, height }: DecodedPicture): ImageDataset {
  return {
    name: 'query',
    source: { kind: 'folder', name: 'query', count: 1, fingerprint: '' },
    size: Math.min(width, height),
    count: 1,
    names: ['query'],
    labels: null,
    classNames: [],
    split: Uint8Array.of(TRAIN),
    pixels,
    ...placesOf(Uint16Array.of(width), Uint16Array.of(height)),
    facts: null,
  };
}
