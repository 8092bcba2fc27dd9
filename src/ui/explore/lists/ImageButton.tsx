import { UnstyledButton } from '@mantine/core';
import { Thumbnail, useImageName } from '../../images/Thumbnail';
import { useOpenImage } from '../openedImage';
import classes from './Lists.module.css';

/** An image of a list, which a press enlarges. */
export function ImageButton({ image }: { readonly image: number }) {
  const openImage = useOpenImage();
  const name = useImageName(image);
  return (
    <UnstyledButton
      className={classes.image}
      title={name}
      aria-label={`Enlarge ${name}`}
      onClick={() => openImage(image)}
    >
      <Thumbnail index={image} decorative />
    </UnstyledButton>
  );
}
