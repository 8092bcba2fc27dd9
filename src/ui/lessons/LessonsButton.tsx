import { ActionIcon, Popover } from '@mantine/core';
import { IconSchool } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { useLab } from '../lab';
import classes from './LessonList.module.css';

const LessonList = lazy(() => import('./LessonList').then((module) => ({ default: module.LessonList })));

/** Opens the list of lessons. */
export function LessonsButton() {
  const { listStore } = useLab().lessons;
  const isOpen = useStore(listStore, (state) => state.isOpen);
  const show = (opens: boolean) => listStore.setState({ isOpen: opens });
  return (
    <Popover
      opened={isOpen}
      onChange={show}
      width={360}
      position="bottom-end"
      withinPortal={false}
      transitionProps={{ duration: 0 }}
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          data-part="lessons"
          variant="default"
          size={34}
          aria-label="Lessons"
          title="Lessons"
          onClick={() => show(!isOpen)}
          onKeyDown={({ key }) => key === 'Escape' && show(false)}
        >
          <IconSchool size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown}>
        <Suspense>
          <LessonList />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
