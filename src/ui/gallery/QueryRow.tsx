import { UnstyledButton } from '@mantine/core';
import type { Neighbour } from '../../domain/measurement';
import { EnlargedImage } from '../images/EnlargedImage';
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
  /** Whether the names of the images are shown. */
  readonly isNamed?: boolean;
  onChoose(index: number): void;
}

/** A query, which can be enlarged, and its nearest neighbours, the nearest first. */
export function QueryRow({ query, neighbours, isNamed = false, onChoose }: QueryRowProps) {
  const name = useImageName(query);
  return (
    <div className={classes.row} data-named={isNamed || undefined}>
      <div className={classes.query}>
        <EnlargedImage index={query} />
        {isNamed && <span className={classes.name}>{name}</span>}
      </div>
      {neighbours?.slice(0, SHOWN).map((neighbour, place) => (
        // By place, so that pictures change where they are and nothing moves.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <NeighbourButton key={place} neighbour={neighbour} isNamed={isNamed} onChoose={onChoose} />
      )) ?? PLACES.map((place) => <div key={place} className={classes.empty} />)}
    </div>
  );
}

interface NeighbourProps {
  readonly neighbour: Neighbour;
  readonly isNamed: boolean;
  onChoose(index: number): void;
}

function NeighbourButton({ neighbour, isNamed, onChoose }: NeighbourProps) {
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
      {isNamed && <span className={classes.name}>{name}</span>}
    </UnstyledButton>
  );
}
