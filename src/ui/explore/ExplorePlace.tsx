import { NeighboursPanel } from '../gallery/NeighboursPanel';
import classes from './ExplorePlace.module.css';

/** Where the embedding is explored: query images and their nearest neighbours. */
export function ExplorePlace() {
  return (
    <div className={classes.place}>
      <NeighboursPanel />
    </div>
  );
}
