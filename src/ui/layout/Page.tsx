import { ChartsPanel } from '../charts/ChartsPanel';
import { DataPanel } from '../data/DataPanel';
import { DiagramPanel } from '../diagram/DiagramPanel';
import { ExperimentsPanel } from '../experiments/ExperimentsPanel';
import { NeighboursPanel } from '../gallery/NeighboursPanel';
import { EventLog } from '../log/EventLog';
import { RunsPanel } from '../runs/RunsPanel';
import { AugmentPanel } from '../settings/AugmentPanel';
import { SettingsPanel } from '../settings/SettingsPanel';
import { Guide } from '../status/Guide';
import { NewRunNote } from '../status/NewRunNote';
import { Notices } from '../status/Notices';
import { StatusBar } from '../status/StatusBar';
import { Header } from './Header';
import classes from './Page.module.css';

/** The whole page: images and settings, the training step with its charts, and the results. */
export function Page() {
  return (
    <>
      <Header />
      <main className={classes.page}>
        <div className={classes.data}>
          <DataPanel />
        </div>
        <div className={classes.story}>
          <Notices />
          <Guide />
          <StatusBar />
          <DiagramPanel />
          <ChartsPanel />
          <ExperimentsPanel />
          <RunsPanel />
        </div>
        <div className={classes.learned}>
          <NeighboursPanel />
          <EventLog />
          <AugmentPanel />
        </div>
        <div className={classes.settings}>
          <SettingsPanel />
        </div>
      </main>
      <NewRunNote />
    </>
  );
}
