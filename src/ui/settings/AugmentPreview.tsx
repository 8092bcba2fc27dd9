import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { PixelImage } from '../images/PixelImage';
import { Thumbnail } from '../images/Thumbnail';
import { usePreview } from '../images/usePreview';
import { useDataset, useRun } from '../lab';
import classes from './AugmentSettings.module.css';

/** Number of images, each shown with two views. */
const SHOWN = 4;
const PLACES = Array.from({ length: SHOWN }, (_, place) => place);

/** A few images with two views each, drawn again when the augmentations change. */
export function AugmentPreview() {
  const [round, setRound] = useState(0);
  const queries = useRun((run) => run.queries);
  const indices = useMemo(() => queries.slice(0, SHOWN), [queries]);
  const views = usePreview(indices, round);

  return (
    <div className={classes.preview}>
      <div className={classes.caption}>
        <span>An image and two views of it, x₁ and x₂</span>
        <Tooltip label="Draw new views" w="auto">
          <ActionIcon variant="default" size={26} aria-label="Draw new views" onClick={() => setRound((n) => n + 1)}>
            <IconRefresh size={15} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.grid}>
        {PLACES.map((place) => (
          <Triple key={place} index={indices[place]} x1={views?.x1[place]} x2={views?.x2[place]} />
        ))}
      </div>
    </div>
  );
}

interface TripleProps {
  readonly index: number | undefined;
  readonly x1: ImageData | undefined;
  readonly x2: ImageData | undefined;
}

function Triple({ index, x1, x2 }: TripleProps) {
  const name = useDataset(({ info }) => (index === undefined ? '' : (info?.names[index] ?? `image ${index}`)));
  return (
    <div className={classes.triple}>
      {index === undefined ? <PixelImage image={null} label="" /> : <Thumbnail index={index} />}
      <PixelImage image={x1 ?? null} label={name === '' ? '' : `${name}, view 1`} />
      <PixelImage image={x2 ?? null} label={name === '' ? '' : `${name}, view 2`} />
    </div>
  );
}
