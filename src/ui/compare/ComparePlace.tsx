import { lazy, Suspense } from 'react';
import classes from './ComparePlace.module.css';

/** What the place shows, loaded when it is first opened. */
const ComparedRuns = lazy(() => import('./ComparedRuns').then((module) => ({ default: module.ComparedRuns })));

/** Where runs are compared. */
export function ComparePlace() {
  return (
    <div className={classes.place}>
      <Suspense>
        <ComparedRuns />
      </Suspense>
    </div>
  );
}
