import { useMemo } from 'react';
import { countOfWhole } from '../../domain/derivation';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { AHEAD_BYTES, CACHE_BYTES } from '../../domain/pictureMemory';
import { formatBytes } from '../../formats/bytes';
import { useDataset, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './DataPanel.module.css';
import { DerivedNote } from './DerivedNote';
import { SamplePartNote } from './SamplePartNote';
import { SkippedFiles } from './SkippedFiles';

/** Number of images of the data set in use, and of skipped files. */
export function DatasetFacts() {
  const info = useDataset((data) => data.info);
  const part = useDataset((data) => data.part);
  const skipped = useDataset((data) => data.skipped);
  // Under the message of a failed load the list would be taken for its reasons.
  const problem = useDataset((data) => data.problem);
  const held = useMemo(() => (info === null ? 0 : info.count - indicesOf(info, TRAIN).length), [info]);
  const chosenOf = info?.derivation?.images === undefined ? null : countOfWhole(info.derivation);
  const total = chosenOf ?? part?.total ?? null;
  return (
    <div className={classes.facts}>
      {info !== null && (
        <>
          <div>
            <strong data-testid="dataset-size">{grouped(info.count)}</strong>
            {total === null ? ' images' : ` of ${grouped(total)} images`}
            {held > 0 && `, ${grouped(held)} held out`}
          </div>
          <div>
            <span data-testid="dataset-skipped">{grouped(skipped.length)}</span> skipped
            {problem === null && <SkippedFiles key={info.name} files={skipped} />}
          </div>
          {info.derivation === undefined ? <SamplePartNote /> : <DerivedNote derivation={info.derivation} />}
          <CompressedNote />
        </>
      )}
    </div>
  );
}

/** What the decoded pictures of images that are kept compressed take. */
function CompressedNote() {
  const isCompressed = useDataset((data) => data.isCompressed);
  const memory = useRun((run) => run.resources?.pictures ?? null);
  if (!isCompressed) return null;
  const most = formatBytes(memory?.most ?? CACHE_BYTES + AHEAD_BYTES);
  return (
    <div data-testid="dataset-compressed">
      Kept compressed and decoded during training: decoded images take up to {most} of memory
      {memory === null ? '' : `, ${formatBytes(memory.bytes)} now`}.
    </div>
  );
}
