import { ActionIcon, Modal, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPackageExport } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { FILE_NAMES } from '../../session/taking/wantedFile';
import { useLab, useTaking } from '../lab';
import classes from './TakeAlongButton.module.css';

const FileList = lazy(() => import('./FileList').then((module) => ({ default: module.FileList })));

/** Opens the list of files to take along. It shows the progress of a file, also while the list is closed. */
export function TakeAlongButton() {
  const { taking } = useLab();
  const isOpen = useTaking((state) => state.isOpen);
  const making = useTaking((state) => state.making);
  const news = useTaking((state) => state.news);
  const isPhone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false });
  const percent = making === null || making.total === null ? null : Math.round((100 * making.done) / making.total);
  const title =
    making === null
      ? 'Take along: encoder, embeddings, project, figure'
      : `${FILE_NAMES[making.id]} is being made${percent === null ? '' : `, ${percent} %`}`;
  // One live region: behind an open dialog none is read.
  const spoken = <VisuallyHidden role="status">{news}</VisuallyHidden>;
  return (
    <>
      <ActionIcon
        className={classes.button}
        variant="default"
        size={34}
        aria-label="Take along"
        aria-haspopup="dialog"
        title={title}
        onClick={() => taking.open()}
      >
        <IconPackageExport size={18} stroke={1.7} aria-hidden />
        {making !== null && (
          <span
            className={classes.progress}
            data-unknown={percent === null || undefined}
            style={{ ['--done' as string]: `${percent ?? 100}%` }}
          />
        )}
      </ActionIcon>
      {!isOpen && spoken}
      <Modal
        opened={isOpen}
        onClose={() => taking.close()}
        title="Take along"
        size={620}
        fullScreen={isPhone}
        classNames={{ header: classes.header, title: classes.title, body: classes.body }}
        closeButtonProps={{ 'aria-label': 'Close the list of files' }}
        transitionProps={{ duration: 0 }}
      >
        {spoken}
        <Suspense>
          <FileList />
        </Suspense>
      </Modal>
    </>
  );
}
