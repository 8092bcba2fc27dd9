import { PLACE_KEY, PLACES, type Place } from '../../domain/places';
import { useLab, usePlace } from '../lab';
import classes from './Places.module.css';

const TITLES: Readonly<Record<Place, string>> = { train: 'Train', explore: 'Explore', compare: 'Compare' };

/** The choice of the place; on a phone at the bottom of the screen. */
export function Places() {
  const lab = useLab();
  const shown = usePlace();
  return (
    <nav className={classes.places} aria-label="Places" data-part="places">
      {PLACES.map((place) => (
        <a
          key={place}
          className={classes.place}
          href={`#${PLACE_KEY}=${place}`}
          aria-current={place === shown ? 'page' : undefined}
          onClick={(event) => {
            event.preventDefault();
            lab.placeStore.setState({ place });
          }}
        >
          {TITLES[place]}
        </a>
      ))}
    </nav>
  );
}
