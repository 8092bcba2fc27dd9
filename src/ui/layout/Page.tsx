import { lazy, Suspense } from 'react';
import { ComparePlace } from '../compare/ComparePlace';
import { useLesson, useLessonWriter, usePlace } from '../lab';
import { NewRunNote } from '../status/NewRunNote';
import { Notices } from '../status/Notices';
import { StatusBar } from '../status/StatusBar';
import { TrainPlace } from '../train/TrainPlace';
import { Header } from './Header';
import classes from './Page.module.css';

// Not needed for a first run.
const ExplorePlace = lazy(() => import('../explore/ExplorePlace').then((module) => ({ default: module.ExplorePlace })));
const LessonLayer = lazy(() => import('../lessons/LessonLayer').then((module) => ({ default: module.LessonLayer })));

const SHOWN = { train: TrainPlace, explore: ExplorePlace, compare: ComparePlace } as const;

/** The whole page: the head, the status of the run, and one of the places. A run goes on in each of them. */
export function Page() {
  const Place = SHOWN[usePlace()];
  return (
    <>
      <Header />
      <StatusBar />
      <main className={classes.page}>
        <Suspense>
          <Place />
        </Suspense>
      </main>
      <div className={classes.notes}>
        <Notices />
        <NewRunNote />
      </div>
      <Lessons />
    </>
  );
}

/** The open lesson and the editor, which are loaded when one of them is first opened. */
function Lessons() {
  const isOpen = useLesson((state) => state.isOpen);
  const isWriting = useLessonWriter((state) => state.isOpen);
  if (!isOpen && !isWriting) return null;
  return (
    <Suspense>
      <LessonLayer />
    </Suspense>
  );
}
