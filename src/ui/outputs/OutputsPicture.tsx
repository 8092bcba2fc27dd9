import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconRotate2 } from '@tabler/icons-react';
import { type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { DiagnosisState } from '../../domain/diagnosis/states';
import type { FrameImages, Reading } from '../../domain/outputFrame';
import { grouped } from '../numbers';
import { type Moment, trailStartOf } from './moment';
import classes from './OutputsPicture.module.css';
import type { PictureSource } from './paint/tiles';
import { pointsOf } from './sphere/points';
import type { SphereView } from './sphereView';
import { useSphereInput } from './useSphereInput';
import { useSphereView } from './useSphereView';
import { calloutOf, describeOutputs } from './words/describeOutputs';
import { outputFacts } from './words/outputFacts';

export interface OutputsPictureProps extends Moment {
  /** The images of the frames; the same object for as long as the run is the same. */
  readonly images: FrameImages;
  readonly reading: Reading;
  /** Index in the data set of the image that is ringed. */
  readonly query: number | null;
  /** null where the data set is not there: dots in the colours of the classes are drawn. */
  readonly pictures: PictureSource | null;
  /** Receives the view, for saving it as it is turned. */
  readonly view: RefObject<SphereView | null>;
  /** The name of an image by its index in the data set. */
  nameOf(index: number): string;
  /** Makes an image of the data set the query. */
  onChoose(index: number): void;
}

/** The text as it was when the state last changed, so that a screen reader is not interrupted by every frame. */
function useOnChangeOf(state: DiagnosisState | null, text: string): string {
  const [said, setSaid] = useState({ state, text: '' });
  if (said.state !== state) setSaid({ state, text });
  return said.text;
}

/** The outputs of a run's images on the unit sphere, turned by hand. */
export function OutputsPicture(props: OutputsPictureProps) {
  const { frame, images, reading, state, before, query, view, nameOf, onChoose } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const label = useRef<HTMLDivElement>(null);
  const keys = useId();
  const [isTurned, setTurned] = useState(false);
  const cloud = frame[reading];
  const points = useMemo(() => pointsOf(cloud?.points ?? new Uint16Array(0)), [cloud]);
  const start = trailStartOf(props, reading);
  const trailStart = useMemo(() => (start === null ? null : pointsOf(start.points)), [start]);
  const selected = useMemo(() => {
    const place = query === null ? -1 : images.indices.indexOf(query);
    return place < 0 ? null : place;
  }, [images, query]);

  useSphereView({
    view,
    canvas,
    label,
    images,
    reading,
    points,
    trailStart,
    selected,
    pictures: props.pictures,
  });
  const { named, handlers, nameNone } = useSphereInput(view, {
    images,
    onTurn: () => setTurned(true),
    onReset: () => setTurned(false),
    onChoose,
  });
  // Another run's images, or another reading, are shown from their own default side.
  useEffect(() => {
    if (images.indices.length > 0 && reading) setTurned(false);
    nameNone();
  }, [images, reading, nameNone]);

  const description = describeOutputs(frame, images, reading, state);
  const announced = useOnChangeOf(state, description);
  const facts = outputFacts(frame, images, reading);
  const callout = facts === null ? null : calloutOf(facts, state);
  const index = named === null ? undefined : images.indices[named];
  return (
    <div className={classes.picture}>
      <canvas
        ref={canvas}
        className={classes.canvas}
        data-testid="outputs-picture"
        role="img"
        aria-label={description}
        aria-describedby={keys}
        tabIndex={0}
        {...handlers}
      >
        {description}
      </canvas>
      <VisuallyHidden id={keys}>
        Arrow keys turn the sphere, Home turns it back, [ and ] go through the images, Enter makes one the query.
      </VisuallyHidden>
      <VisuallyHidden aria-live="polite">{announced}</VisuallyHidden>
      <div
        ref={label}
        className={classes.name}
        aria-live="polite"
        data-testid="outputs-name"
        hidden={index === undefined}
      >
        {index === undefined ? '' : nameOf(index)}
      </div>
      {callout !== null && (
        <div className={classes.callout}>
          <strong>{callout.title}</strong>
          <span>{callout.text}</span>
        </div>
      )}
      {trailStart !== null && before !== null && (
        <div className={classes.trails}>
          <span className={classes.trail} aria-hidden />
          since step {grouped(before.step)}
        </div>
      )}
      {isTurned ? (
        <UnstyledButton
          className={classes.reset}
          onClick={() => {
            view.current?.resetSide();
            setTurned(false);
          }}
        >
          <IconRotate2 size={14} stroke={1.7} aria-hidden /> Default view
        </UnstyledButton>
      ) : (
        <span className={classes.hint}>drag to turn</span>
      )}
    </div>
  );
}
