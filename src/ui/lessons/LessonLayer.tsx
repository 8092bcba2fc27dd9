import { lazy, Suspense } from 'react';
import { useLesson, useLessonWriter } from '../lab';
import { HiddenControls } from './HiddenControls';
import { LessonBubble } from './LessonBubble';

const LessonEditor = lazy(() => import('./editor/LessonEditor').then((module) => ({ default: module.LessonEditor })));

/** What lies over the page: the open lesson, and the editor of one. */
export function LessonLayer() {
  const isOpen = useLesson((state) => state.isOpen);
  const title = useLesson((state) => state.lesson?.title);
  const isWriting = useLessonWriter((state) => state.isOpen);
  return (
    <>
      {isOpen && (
        <aside aria-label={`Lesson: ${title}`}>
          <LessonBubble />
          <HiddenControls />
        </aside>
      )}
      {isWriting && (
        <Suspense>
          <LessonEditor />
        </Suspense>
      )}
    </>
  );
}
