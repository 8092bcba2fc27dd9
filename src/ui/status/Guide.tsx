import { CloseButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useRun } from '../lab';
import classes from './Status.module.css';

/** For a first visit: what to press, what to look for, what to try. Stays away once dismissed. */
export function Guide() {
  const [seen, setSeen] = useLocalStorage({
    key: 'simsiam-lab-guide-seen',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  // What it says of the loss and the switch is SimSiam's.
  const method = useRun((run) => run.config.method);
  if (seen || method !== 'simsiam') return null;
  return (
    <section className={classes.guide} aria-label="How to begin">
      <ol>
        <li>
          <b>Press Train.</b> A small network learns from the images alone, without labels: two random views of an image
          shall get the same output.
        </li>
        <li>
          <b>Watch two numbers.</b> The loss falls towards −1: the views agree. The output std stays near 1/√d:
          different images still get different outputs.
        </li>
        <li>
          <b>Flip stop-gradient off</b> in the drawing. Now the loss races to −1 and the std to 0: the network gives
          every image the same output. That is the collapse, and one switch prevents it.
        </li>
      </ol>
      <CloseButton size="sm" aria-label="Close the guide" onClick={() => setSeen(true)} />
    </section>
  );
}
