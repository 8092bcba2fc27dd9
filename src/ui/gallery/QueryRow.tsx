import { UnstyledButton } from '@mantine/core';
import type { Neighbour } from '../../domain/measurement';
import { Thumbnail, useImageName } from '../images/Thumbnail';
import { inWords } from '../numbers';
import classes from './Neighbours.module.css';

/** Number of neighbours shown per query. */
const SHOWN = 6;
const PLACES = Array.from({ length: SHOWN }, (_, place) => place);

interface QueryRowProps {
  readonly query: number;
  /** null until they have been measured. */
  readonly neighbours: readonly Neighbour[] | null;
  onChoose(index: number): void;
}

/** A query and its nearest neighbours, the nearest first. */
export function QueryRow({ query, neighbours, onChoose }: QueryRowProps) {
  const name = useImageName(query);
  return (
    <div className={classes.row}>
      <div className={classes.query} title={name}>
        <Thumbnail index={query} />
      </div>
      {neighbours
        ?.slice(0, SHOWN)
        .map((neighbour) => <NeighbourButton key={neighbour.index} neighbour={neighbour} onChoose={onChoose} />) ??
        PLACES.map((place) => <div key={place} className={classes.empty} />)}
    </div>
  );
}

function NeighbourButton({ neighbour, onChoose }: { readonly neighbour: Neighbour; onChoose(index: number): void }) {
  const { index, similarity } = neighbour;
  const name = useImageName(index);
  return (
    <UnstyledButton
      className={classes.neighbour}
      title={name}
      aria-label={`${name}, similarity ${inWords(similarity, 2)}: make it the query`}
      onClick={() => onChoose(index)}
    >
      <Thumbnail index={index} decorative />
      <span className={classes.similarity}>{inWords(similarity, 2)}</span>
    </UnstyledButton>
  );
}
