import { Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useLab, useSuiting } from '../lab';
import { duration } from '../numbers';
import classes from './Suit.module.css';

const SuitPanel = lazy(() => import('./SuitPanel').then((module) => ({ default: module.SuitPanel })));

/** Opens the search for settings. While it is under way, also with the panel closed, it says how much time is left. */
export function SuitButton() {
  const { suiting } = useLab();
  const isOpen = useSuiting((state) => state.isOpen);
  const isRunning = useSuiting((state) => state.isRunning);
  const secondsLeft = useSuiting((state) => state.table?.secondsLeft ?? null);
  const isPhone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false });
  return (
    <>
      <Button
        className={classes.button}
        data-part="suit"
        variant="subtle"
        size="compact-sm"
        aria-haspopup="dialog"
        onClick={() => suiting.open()}
      >
        {isRunning
          ? `Searching for settings${secondsLeft === null ? '' : `: ${duration(secondsLeft)} left`}`
          : 'Which settings suit my images?'}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => suiting.close()}
        title="Which settings suit my images?"
        size={760}
        fullScreen={isPhone}
        classNames={{ header: classes.header, title: classes.title, body: classes.body }}
        closeButtonProps={{ 'aria-label': 'Close the search for settings' }}
        transitionProps={{ duration: 0 }}
      >
        <Suspense>
          <SuitPanel />
        </Suspense>
      </Modal>
    </>
  );
}
