import { ComparePlace } from '../compare/ComparePlace';
import { ExplorePlace } from '../explore/ExplorePlace';
import { usePlace } from '../lab';
import { NewRunNote } from '../status/NewRunNote';
import { Notices } from '../status/Notices';
import { StatusBar } from '../status/StatusBar';
import { TrainPlace } from '../train/TrainPlace';
import { Header } from './Header';
import classes from './Page.module.css';

const SHOWN = { train: TrainPlace, explore: ExplorePlace, compare: ComparePlace } as const;

/** The whole page: the head, the status of the run, and one of the places. A run goes on in each of them. */
export function Page() {
  const Place = SHOWN[usePlace()];
  return (
    <>
      <Header />
      <StatusBar />
      <main className={classes.page}>
        <Place />
      </main>
      <div className={classes.notes}>
        <Notices />
        <NewRunNote />
      </div>
    </>
  );
}
