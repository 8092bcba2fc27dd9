import { Button, Progress } from '@mantine/core';
import type { ExploringTask } from '../../session/exploring/exploringStore';
import { useLab } from '../lab';
import { grouped } from '../numbers';
import classes from './ExplorePlace.module.css';

/** What is being done, and how far it is. */
function wordsOf(task: ExploringTask): string {
  if (task.kind === 'arranging') return 'The map forms';
  if (task.kind === 'comparing') return 'Looking for near duplicates';
  const { done, total, rate } = task;
  if (total === null) return 'Embedding and comparing';
  const speed = rate === null ? '' : `, ${grouped(Math.round(rate))} images/s`;
  return `Embedding and comparing: ${grouped(done)} of ${grouped(total)}${speed}`;
}

/** Progress of an exploration, with a way to end it. */
export function TaskProgress({ task }: { readonly task: ExploringTask }) {
  const { exploring } = useLab();
  const { done, total } = task;
  return (
    <div className={classes.task}>
      <span className={classes.taskWords}>{wordsOf(task)}</span>
      <Progress
        className={classes.progress}
        size={5}
        value={total === null || total === 0 ? 100 : (100 * done) / total}
        animated={total === null}
        aria-label="Progress of the exploration"
      />
      <Button size="compact-sm" variant="default" onClick={() => exploring.cancel()}>
        {task.kind === 'embedding' ? 'Cancel' : 'Stop'}
      </Button>
    </div>
  );
}
