import { Text } from '@mantine/core';
import { useState } from 'react';
import { useRun } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import { NeighbourControls, type Space } from './NeighbourControls';
import { NeighbourRows } from './NeighbourRows';
import classes from './Neighbours.module.css';
import { searchingWords } from './searching';

/** Query images and their nearest neighbours, with their names. */
export function NeighboursPanel() {
  const [space, setSpace] = useState<Space>('backbone');
  const snapshot = useRun((run) => run.neighbours);
  const searching = useRun((run) => run.searching);
  return (
    <Section
      part="gallery"
      title="Nearest neighbours"
      note={
        snapshot === null
          ? 'by cosine'
          : `by cosine among ${grouped(snapshot.searched)}, at step ${grouped(snapshot.step)}${searchingWords(searching)}`
      }
      aside={<NeighbourControls space={space} onChoose={setSpace} />}
    >
      <NeighbourRows space={space} className={classes.rows} isNamed />
      <Text size="xs" c="dimmed" mt={8}>
        {space === 'backbone'
          ? 'Click an image to see its own neighbours. These can look right even in a collapse: often only the output z collapses, while the backbone features stay useful.'
          : 'Click an image to see its own neighbours. In a collapse every similarity of z goes to 1: the network no longer tells images apart.'}
      </Text>
    </Section>
  );
}
