import { useDataset, useThumbnail } from '../lab';
import { PixelImage } from './PixelImage';

/** The name of an image on the page: its file name and its class. */
export function useImageName(index: number): string {
  return useDataset(({ info }) => {
    const name = info?.names[index] ?? `image ${index}`;
    const label = info?.labels?.[index];
    const className = label === undefined ? undefined : info?.classNames[label];
    return className === undefined || name.includes(className) ? name : `${name} (${className})`;
  });
}

/** An image of the data set. */
export function Thumbnail({ index, decorative = false }: { readonly index: number; readonly decorative?: boolean }) {
  const image = useThumbnail(index);
  const name = useImageName(index);
  return <PixelImage image={image} label={decorative ? '' : name} />;
}
