import type { Exploration } from '../../domain/exploration';
import type { DatasetInfo } from '../../domain/imageDataset';
import { useExploring } from '../lab';
import classes from './ExplorePlace.module.css';
import { ChosenPanel } from './grid/ChosenPanel';
import { MapPanel } from './map/MapPanel';

interface MapAndGridProps {
  readonly info: DatasetInfo;
  readonly exploration: Exploration;
}

/** The map, with the grid that is its other view. */
export function MapAndGrid({ info, exploration }: MapAndGridProps) {
  const positions = useExploring((state) => state.positions);
  return (
    <div className={classes.mapAndGrid}>
      <div className={classes.map}>
        {positions === null ? (
          <p className={classes.coming}>The map is being made …</p>
        ) : (
          <MapPanel info={info} exploration={exploration} positions={positions} />
        )}
      </div>
      <ChosenPanel info={info} />
    </div>
  );
}
