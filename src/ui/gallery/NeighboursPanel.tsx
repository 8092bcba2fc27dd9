import { Button, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { pickQueries } from '../../session/run/queries';
import { useDataset, useLab, useRun } from '../lab';
import { Panel } from '../layout/Panel';
import { grouped } from '../numbers';
import classes from './Neighbours.module.css';
import { QueryRow } from './QueryRow';

const SPACES = [
  { value: 'backbone', label: 'backbone features' },
  { value: 'z', label: 'output z' },
] as const;

/** Query images and their nearest neighbours. */
export function NeighboursPanel() {
  const lab = useLab();
  const [space, setSpace] = useState<'backbone' | 'z'>('backbone');
  const [round, setRound] = useState(0);
  const snapshot = useRun((run) => run.neighbours);
  const queries = useRun((run) => run.queries);
  const info = useDataset((data) => data.info);
  const found = snapshot?.[space] ?? [];

  // If the image is already a query, the two swap rows, so that no query appears twice.
  const replace = (position: number, index: number) => {
    const replaced = queries[position];
    lab.setQueries(
      queries.map((query, i) =>
        i === position ? index : query === index && replaced !== undefined ? replaced : query,
      ),
    );
  };
  const others = () => {
    if (info === null) return;
    lab.setQueries(pickQueries(info, round + 1));
    setRound(round + 1);
  };

  return (
    <Panel
      title="Nearest neighbours"
      aside={
        snapshot === null
          ? 'by cosine'
          : `by cosine among ${grouped(snapshot.searched)}, at step ${grouped(snapshot.step)}`
      }
    >
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Compare by"
          value={space}
          onChange={(value) => setSpace(value === 'z' ? 'z' : 'backbone')}
          data={[...SPACES]}
        />
        <Button size="compact-xs" variant="default" onClick={others} disabled={info === null}>
          Other images
        </Button>
      </div>
      <div className={classes.rows} data-testid="neighbours" data-step={snapshot?.step}>
        {queries.map((query, i) => (
          <QueryRow
            key={query}
            query={query}
            neighbours={found.find((row) => row.query === query)?.neighbours ?? null}
            onChoose={(index) => replace(i, index)}
          />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={8}>
        {space === 'backbone'
          ? 'Click an image to see its own neighbours. These can look right even in a collapse: often only the output z collapses, while the backbone features stay useful.'
          : 'Click an image to see its own neighbours. In a collapse every similarity of z goes to 1: the network no longer tells images apart.'}
      </Text>
    </Panel>
  );
}
