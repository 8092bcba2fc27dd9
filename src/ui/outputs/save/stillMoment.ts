import type { Reading } from '../../../domain/outputFrame';
import { type Moment, stateNameOf, trailStartOf } from '../moment';
import { pointsOf } from '../sphere/points';
import type { StillMoment } from './paintStill';

/** A moment as it is drawn in a saved picture. */
export function stillMoment(moment: Moment, reading: Reading): StillMoment {
  const start = trailStartOf(moment, reading);
  return {
    frame: moment.frame,
    points: null,
    state: moment.state,
    stateName: stateNameOf(moment),
    trailStart: start === null ? null : pointsOf(start.points),
  };
}
