import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { pickQueries } from '../../session/run/queries';
import { useDataset, useLab } from '../lab';
import classes from './NeighboursStrip.module.css';

const SPACES = [
  { value: 'backbone', label: 'backbone' },
  { value: 'z', label: 'output z' },
] as const;

/** Which features are compared. */
export type Space = (typeof SPACES)[number]['value'];

interface NeighbourControlsProps {
  readonly space: Space;
  onChoose(space: Space): void;
}

/** The choice of the features that are compared, and a button for other query images. */
export function NeighbourControls({ space, onChoose }: NeighbourControlsProps) {
  const lab = useLab();
  const [round, setRound] = useState(0);
  const info = useDataset((data) => data.info);
  const others = () => {
    if (info === null) return;
    lab.setQueries(pickQueries(info, round + 1));
    setRound(round + 1);
  };
  return (
    <div className={classes.choice}>
      <SegmentedControl
        size="xs"
        aria-label="Compare by"
        value={space}
        onChange={(value) => onChoose(value === 'z' ? 'z' : 'backbone')}
        data={[...SPACES]}
      />
      <Button size="compact-xs" variant="subtle" onClick={others} disabled={info === null}>
        Others
      </Button>
    </div>
  );
}
