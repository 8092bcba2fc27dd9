import { Button, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { pickQueries } from '../../session/run/queries';
import { useDataset, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import classes from './Neighbours.module.css';
import { SPACES } from './NeighboursStrip';
import { QueryRow } from './QueryRow';
import { searchingWords } from './searching';
import { useQueryChoice } from './useQueryChoice';
import { useRovingFocus } from './useRovingFocus';

/** Query images and their nearest neighbours. */
export function NeighboursPanel() {
  const lab = useLab();
  const [space, setSpace] = useState<'backbone' | 'z'>('backbone');
  const [round, setRound] = useState(0);
  const snapshot = useRun((run) => run.neighbours);
  const searching = useRun((run) => run.searching);
  const queries = useRun((run) => run.queries);
  const info = useDataset((data) => data.info);
  const found = snapshot?.[space] ?? [];
  const choose = useQueryChoice();
  const roving = useRovingFocus<HTMLDivElement>();

  const others = () => {
    if (info === null) return;
    lab.setQueries(pickQueries(info, round + 1));
    setRound(round + 1);
  };

  return (
    <Section
      title="Nearest neighbours"
      note={
        snapshot === null
          ? 'by cosine'
          : `by cosine among ${grouped(snapshot.searched)}, at step ${grouped(snapshot.step)}${searchingWords(searching)}`
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
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it moves the focus among the buttons inside */}
      <div
        ref={roving.ref}
        onKeyDown={roving.onKeyDown}
        className={classes.rows}
        data-testid="neighbours"
        data-step={snapshot?.step}
        data-searched={snapshot?.searched}
      >
        {queries.map((query, i) => (
          <QueryRow
            key={query}
            query={query}
            neighbours={found.find((row) => row.query === query)?.neighbours ?? null}
            onChoose={(index) => choose(i, index)}
            isNamed
          />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={8}>
        {space === 'backbone'
          ? 'Click an image to see its own neighbours. These can look right even in a collapse: often only the output z collapses, while the backbone features stay useful.'
          : 'Click an image to see its own neighbours. In a collapse every similarity of z goes to 1: the network no longer tells images apart.'}
      </Text>
    </Section>
  );
}
