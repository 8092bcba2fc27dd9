import { Anchor } from '@mantine/core';
import { useDataset, useLab, useRun } from '../lab';
import { grouped } from '../numbers';

/** Offers the whole sample to the next run, where the run on the page keeps to a part of it. */
export function SamplePartNote() {
  const lab = useLab();
  const part = useDataset((data) => data.part);
  const wanted = useRun((run) => run.config.images);
  if (part === null || !part.isFixed || part.rest === 'coming') return null;
  const all = `All ${grouped(part.total)} images`;
  if (wanted === 0) return <div>{all} join the next run.</div>;
  return (
    <div data-testid="dataset-rest">
      {part.rest === 'here' ? `${all} are here: ` : `${all} can be trained on: `}
      <Anchor component="button" type="button" size="sm" onClick={() => lab.set('images', 0)}>
        use them from the next run
      </Anchor>
    </div>
  );
}
