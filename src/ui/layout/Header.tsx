import { Title } from '@mantine/core';
import { ExperimentChip } from '../experiments/ExperimentChip';
import { useDataset, usePlace } from '../lab';
import { LessonsButton } from '../lessons/LessonsButton';
import { grouped } from '../numbers';
import { RunControls } from '../run/RunControls';
import { RunNumbers } from '../run/RunNumbers';
import { ShareButton } from '../run/ShareButton';
import { EngineChip } from '../status/EngineChip';
import { TakeAlongButton } from '../taking/TakeAlongButton';
import { ColorSchemeButton } from './ColorSchemeButton';
import classes from './Header.module.css';
import { Places } from './Places';

/** The data set in use, with its size, where its panel is not shown. */
function DatasetName() {
  const info = useDataset((data) => data.info);
  const place = usePlace();
  if (place === 'train') return null;
  return (
    <div className={classes.dataset} title={info?.name}>
      {info !== null && (
        <>
          <span className={classes.datasetName}>{info.name}</span>
          <span className={classes.datasetSize}>{grouped(info.count)} images</span>
        </>
      )}
    </div>
  );
}

/** The head of the page. The run's buttons come first in the document, so that Train is the first stop of the Tab key. */
export function Header() {
  return (
    <header className={classes.header}>
      <div className={classes.run}>
        <RunControls />
        <RunNumbers />
        <ExperimentChip />
      </div>
      <div className={classes.name}>
        <Title order={1} className={classes.title}>
          SimSiam Lab
        </Title>
        <Places />
        <DatasetName />
      </div>
      <div className={classes.page}>
        <EngineChip />
        <LessonsButton />
        <TakeAlongButton />
        <ShareButton />
        <ColorSchemeButton />
      </div>
    </header>
  );
}
