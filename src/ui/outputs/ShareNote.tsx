import type { FrameImages, OutputFrame, Reading } from '../../domain/outputFrame';
import { grouped } from '../numbers';
import classes from './ShareNote.module.css';
import { shareWords } from './words/describeOutputs';
import { outputFacts } from './words/outputFacts';

interface ShareNoteProps {
  readonly frame: OutputFrame;
  readonly images: FrameImages;
  readonly reading: Reading;
}

/** What the picture shows of the outputs: how many images, and how much of their norm. */
export function ShareNote({ frame, images, reading }: ShareNoteProps) {
  const facts = outputFacts(frame, images, reading);
  if (facts === null) return null;
  return (
    <span className={classes.note}>
      {grouped(facts.images)} images, d = {grouped(facts.dimensions)}: {shareWords(facts)}
    </span>
  );
}
