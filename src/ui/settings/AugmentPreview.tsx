import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Fragment, useMemo, useState } from 'react';
import { PixelImage } from '../images/PixelImage';
import { Thumbnail } from '../images/Thumbnail';
import { usePreview } from '../images/usePreview';
import { useDataset, useRun } from '../lab';
import classes from './AugmentPanel.module.css';

/** Images shown, each with two views of it. */
const SHOWN = 3;

/** A few images with two views each, drawn afresh as the augmentations change. */
export function AugmentPreview() {
  const [round, setRound] = useState(0);
  const names = useDataset((data) => data.info?.names);
  const queries = useRun((run) => run.queries);
  const indices = useMemo(() => queries.slice(0, SHOWN), [queries]);
  const views = usePreview(indices, round);

  return (
    <div className={classes.preview}>
      <div className={classes.caption}>
        <span>Two views of the same image</span>
        <Tooltip label="Draw the views afresh" w="auto">
          <ActionIcon
            variant="default"
            size={26}
            aria-label="Draw the views afresh"
            onClick={() => setRound((n) => n + 1)}
          >
            <IconRefresh size={15} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.grid}>
        <span className={classes.column}>image</span>
        <span className={classes.column}>x₁</span>
        <span className={classes.column}>x₂</span>
        {Array.from({ length: SHOWN }, (_, i) => {
          const index = indices[i];
          const name = index === undefined ? '' : (names?.[index] ?? `image ${index}`);
          return (
            <Fragment key={index ?? -i}>
              {index === undefined ? <PixelImage image={null} label="" /> : <Thumbnail index={index} />}
              <PixelImage image={views?.x1[i] ?? null} label={name === '' ? '' : `${name}, view 1`} />
              <PixelImage image={views?.x2[i] ?? null} label={name === '' ? '' : `${name}, view 2`} />
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}
