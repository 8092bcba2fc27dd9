import { useState } from 'react';
import { useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import { NeighbourControls, type Space } from './NeighbourControls';
import { NeighbourRows } from './NeighbourRows';
import classes from './NeighboursStrip.module.css';
import { searchingWords } from './searching';

/** A few query images and their nearest neighbours, as a strip beside the outputs. */
export function NeighboursStrip({ className }: { readonly className?: string | undefined }) {
  const [space, setSpace] = useState<Space>('backbone');
  const searched = useRun((run) => run.neighbours?.searched);
  const searching = useRun((run) => run.searching);
  return (
    <Section
      part="neighbours"
      className={`${className ?? ''} ${classes.strip}`}
      title="Neighbours"
      note={searched === undefined ? '' : `among ${grouped(searched)}${searchingWords(searching)}`}
      aside={<NeighbourControls space={space} onChoose={setSpace} />}
    >
      <NeighbourRows space={space} className={classes.rows} />
    </Section>
  );
}
