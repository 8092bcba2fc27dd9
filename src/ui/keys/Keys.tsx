import { Kbd, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLab } from '../lab';
import { handleKey } from './handleKey';
import classes from './Keys.module.css';
import { KEYS } from './keys';

/** Listens to the keys of the page, and shows their list. */
export function Keys() {
  const lab = useLab();
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const context = { lab, showKeys: () => setOpened(true) };
    const listen = (event: KeyboardEvent) => handleKey(event, context);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [lab]);
  return (
    <Modal
      opened={opened}
      onClose={() => setOpened(false)}
      title="Keys"
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close the list of keys' }}
      transitionProps={{ duration: 0 }}
    >
      <dl className={classes.list}>
        {KEYS.map(({ keys, name, words }) => (
          <div key={words}>
            <dt>{name === undefined ? keys.map((key) => <Kbd key={key}>{key}</Kbd>) : <Kbd>{name}</Kbd>}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
