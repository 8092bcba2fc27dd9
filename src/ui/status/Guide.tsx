import { CloseButton } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useRun } from '../lab';
import classes from './Status.module.css';

/** A guide for the first visit: what to press, to look for and to try. Not shown again once dismissed. */
export function Guide() {
  const [seen, setSeen] = useLocalStorage({
    key: 'simsiam-lab-guide-seen',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  // Its sentences on the loss and the switch are true for SimSiam only.
  const method = useRun((run) => run.config.method);
  if (seen || method !== 'simsiam') return null;
  return (
    <section className={classes.guide} aria-label="How to begin">
      <ol>
        <li>
          <b>Press Train.</b> A small network learns from the images without labels: two random views of the same image
          should get the same output.
        </li>
        <li>
          <b>Watch two numbers.</b> The loss falls towards −1: the views agree. The output std stays near 1/√d:
          different images still get different outputs.
        </li>
        <li>
          <b>Flip stop-gradient off</b> in the diagram. The loss then falls quickly to −1 and the std to 0: the network
          gives every image the same output. This is collapse; stop-gradient prevents it.
        </li>
      </ol>
      <CloseButton size="sm" aria-label="Close the guide" onClick={() => setSeen(true)} />
    </section>
  );
}
