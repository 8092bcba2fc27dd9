import { type DatasetInfo, TRAIN } from './imageDataset';

/** Whether some of these images are trained on and others are not. */
export function isLeak({ split }: Pick<DatasetInfo, 'split'>, images: readonly number[]): boolean {
  const trained = images.filter((i) => split[i] === TRAIN).length;
  return trained > 0 && trained < images.length;
}
