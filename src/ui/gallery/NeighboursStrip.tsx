import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { pickQueries } from '../../session/run/queries';
import { useDataset, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import classes from './NeighboursStrip.module.css';
import { QueryRow } from './QueryRow';
import { searchingWords } from './searching';
import { useQueryChoice } from './useQueryChoice';
import { useRovingFocus } from './useRovingFocus';

export const SPACES = [
  { value: 'backbone', label: 'backbone' },
  { value: 'z', label: 'output z' },
] as const;

/** A few query images and their nearest neighbours, as a strip beside the outputs. */
export function NeighboursStrip({ className }: { readonly className?: string | undefined }) {
  const lab = useLab();
  const [space, setSpace] = useState<'backbone' | 'z'>('backbone');
  const [round, setRound] = useState(0);
  const snapshot = useRun((run) => run.neighbours);
  const searching = useRun((run) => run.searching);
  const queries = useRun((run) => run.queries);
  const info = useDataset((data) => data.info);
  const choose = useQueryChoice();
  const roving = useRovingFocus<HTMLDivElement>();
  const found = snapshot?.[space] ?? [];
  const others = () => {
    if (info === null) return;
    lab.setQueries(pickQueries(info, round + 1));
    setRound(round + 1);
  };
  return (
    <Section
      className={`${className ?? ''} ${classes.strip}`}
      title="Neighbours"
      note={snapshot === null ? '' : `among ${grouped(snapshot.searched)}${searchingWords(searching)}`}
      aside={
        <div className={classes.choice}>
          <SegmentedControl
            size="xs"
            aria-label="Compare by"
            value={space}
            onChange={(value) => setSpace(value === 'z' ? 'z' : 'backbone')}
            data={[...SPACES]}
          />
          <Button size="compact-xs" variant="subtle" onClick={others} disabled={info === null}>
            Others
          </Button>
        </div>
      }
    >
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
          />
        ))}
      </div>
    </Section>
  );
}
