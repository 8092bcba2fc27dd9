import { UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ImageSheet } from '../explore/grid/ImageSheet';
import classes from './EnlargedImage.module.css';
import { Thumbnail, useImageName } from './Thumbnail';

/** An image of the data set that a press enlarges, with what can be done with it. */
export function EnlargedImage({ index }: { readonly index: number }) {
  const [opened, { open, close }] = useDisclosure(false);
  const name = useImageName(index);
  return (
    <>
      <UnstyledButton className={classes.button} title={name} aria-label={`Enlarge ${name}`} onClick={open}>
        <Thumbnail index={index} />
      </UnstyledButton>
      <ImageSheet image={opened ? index : null} onClose={close} />
    </>
  );
}
