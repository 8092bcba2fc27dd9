import { Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import classes from './EnlargedImage.module.css';
import { Thumbnail, useImageName } from './Thumbnail';

/** An image of the data set that a press enlarges. */
export function EnlargedImage({ index }: { readonly index: number }) {
  const [opened, { open, close }] = useDisclosure(false);
  const name = useImageName(index);
  return (
    <>
      <UnstyledButton className={classes.button} title={name} aria-label={`Enlarge ${name}`} onClick={open}>
        <Thumbnail index={index} />
      </UnstyledButton>
      <Modal opened={opened} onClose={close} title={name} centered>
        <Thumbnail index={index} />
      </Modal>
    </>
  );
}
