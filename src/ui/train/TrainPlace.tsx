import { ActionIcon } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { useId } from 'react';
import { ChartRows } from '../charts/ChartRows';
import { DataPanel } from '../data/DataPanel';
import { DatasetDetails } from '../data/DatasetDetails';
import { KeptFolders } from '../data/KeptFolders';
import { StepDiagram } from '../diagram/StepDiagram';
import { NeighboursStrip } from '../gallery/NeighboursStrip';
import { OutputsPanel } from '../outputs/OutputsPanel';
import { SettingsPanel } from '../settings/SettingsPanel';
import { RunDetails } from './RunDetails';
import classes from './TrainPlace.module.css';

/** Where a run is trained: the step with its switch, the outputs beside it, the curves below, and the settings. */
export function TrainPlace() {
  const [folded, setFolded] = useLocalStorage({
    key: 'simsiam-lab-settings-folded',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const contentId = useId();
  const label = folded ? 'Show the settings' : 'Hide the settings';
  return (
    <div className={classes.place} data-part="trainPlace" data-folded={folded || undefined}>
      <div className={classes.stage}>
        <StepDiagram className={classes.step} />
        <NeighboursStrip className={classes.neighbours} />
        <OutputsPanel className={classes.outputs} />
        <ChartRows className={classes.charts} />
      </div>
      <div className={classes.settings} data-part="sidebar">
        <ActionIcon
          className={classes.fold}
          variant="subtle"
          color="gray"
          aria-label={label}
          aria-expanded={!folded}
          aria-controls={contentId}
          onClick={() => setFolded(!folded)}
        >
          {folded ? <IconChevronsRight size={17} aria-hidden /> : <IconChevronsLeft size={17} aria-hidden />}
        </ActionIcon>
        <div className={classes.content} id={contentId}>
          <DataPanel />
          <SettingsPanel />
          <DatasetDetails />
          <KeptFolders />
        </div>
      </div>
      <RunDetails className={classes.details} />
    </div>
  );
}
