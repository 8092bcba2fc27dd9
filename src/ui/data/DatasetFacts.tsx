import { useMemo } from 'react';
import { indicesOf, TRAIN } from '../../domain/imageDataset';
import { useDataset } from '../lab';
import { grouped } from '../numbers';
import classes from './DataPanel.module.css';
import { SkippedFiles } from './SkippedFiles';

/** Number of images of the data set in use, and of skipped files. */
export function DatasetFacts() {
  const info = useDataset((data) => data.info);
  const skipped = useDataset((data) => data.skipped);
  // Under the message of a failed load the list would be taken for its reasons.
  const problem = useDataset((data) => data.problem);
  const held = useMemo(() => (info === null ? 0 : info.count - indicesOf(info, TRAIN).length), [info]);
  return (
    <div className={classes.facts}>
      {info !== null && (
        <>
          <div>
            <strong data-testid="dataset-size">{grouped(info.count)}</strong> images
            {held > 0 && `, ${grouped(held)} held out`}
          </div>
          <div>
            <span data-testid="dataset-skipped">{grouped(skipped.length)}</span> skipped
            {problem === null && <SkippedFiles key={info.name} files={skipped} />}
          </div>
        </>
      )}
    </div>
  );
}
