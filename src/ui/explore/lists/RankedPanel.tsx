import { Button, NativeSelect } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type Clusters, type Exploration, QUALITY_KINDS, type QualityKind } from '../../../domain/exploration';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { useExploring, useLab } from '../../lab';
import { grouped, inWords } from '../../numbers';
import { saveCsv } from '../../save/saveFile';
import { ImageGrid } from '../grid/ImageGrid';
import { useOpenImage } from '../openedImage';
import { shareOf } from '../words';
import { imagesCsv, qualityCsv } from './csvRows';
import classes from './Lists.module.css';

/** From this score on, an image counts as an outlier, as in the report of `npm run report`. */
export const OUTLIER_FROM = 0.99;

/** The outliers, the furthest first. */
export function outliersOf({ outlierScores }: Clusters): number[] {
  const images: number[] = [];
  outlierScores.forEach((score, image) => {
    if (score >= OUTLIER_FROM) images.push(image);
  });
  return images.sort((a, b) => outlierScores[b] - outlierScores[a] || a - b);
}

interface OutliersPanelProps {
  readonly info: DatasetInfo;
  readonly clusters: Clusters;
}

/** The images that lie further from others than is usual around them. */
export function OutliersPanel({ info, clusters }: OutliersPanelProps) {
  const images = useMemo(() => outliersOf(clusters), [clusters]);
  return (
    <RankedImages
      title="Outliers"
      sure={`Images whose score is at least ${OUTLIER_FROM}: they lie much further from their nearest images than those do from theirs. Often they are merely rare; whether one is a mistake, look at it.`}
      images={images}
      total={info.count}
      note={(place) => inWords(clusters.outlierScores[images[place] ?? 0], 2)}
      onSave={() => saveCsv('outliers', imagesCsv({ info, clusters }, images))}
    />
  );
}

const KIND_WORDS: Readonly<Record<QualityKind, string>> = {
  dark: 'dark',
  bright: 'bright',
  blurred: 'blurred',
  empty: 'nearly one colour',
  small: 'small',
  shape: 'unusual shape',
};

interface QualityPanelProps {
  readonly info: DatasetInfo;
  readonly quality: Exploration['quality'];
  readonly clusters: Clusters | null;
}

/** The images whose whole pictures are measured to differ from the others in quality. */
export function QualityPanel({ info, quality, clusters }: QualityPanelProps) {
  const [wanted, setKind] = useState<QualityKind | null>(null);
  const kinds = QUALITY_KINDS.filter((kind) => quality?.some((entry) => entry.kind === kind));
  const kind = wanted !== null && kinds.includes(wanted) ? wanted : (kinds[0] ?? null);
  const entries = useMemo(
    () => (quality ?? []).filter((entry) => entry.kind === kind).sort((a, b) => b.score - a.score),
    [quality, kind],
  );
  const images = useMemo(() => entries.map(({ image }) => image), [entries]);
  if (quality === null) {
    return (
      <p className={classes.none}>
        Quality is measured when pictures are decoded from files: it is not known of this sample. Load images of your
        own.
      </p>
    );
  }
  if (kind === null) return <p className={classes.none}>No image stands out as dark, bright, blurred or unusual.</p>;
  const numberOf = (each: QualityKind) => quality.filter((entry) => entry.kind === each).length;
  return (
    <RankedImages
      title="Quality"
      sure="Measured on the whole pictures and compared with the others of this data set: a high score says unusual here, not bad. A night photograph is dark on purpose."
      images={images}
      total={info.count}
      note={(place) => inWords(entries[place]?.score ?? 0, 2)}
      onSave={() => saveCsv('quality', qualityCsv({ info, clusters }, quality))}
      aside={
        <NativeSelect
          size="xs"
          aria-label="Kind of quality"
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value as QualityKind)}
          data={kinds.map((each) => ({ value: each, label: `${KIND_WORDS[each]}, ${grouped(numberOf(each))}` }))}
        />
      }
    />
  );
}

interface RankedImagesProps {
  readonly title: string;
  /** How sure the list is. */
  readonly sure: string;
  /** The first ones first. */
  readonly images: readonly number[];
  /** Number of all images. */
  readonly total: number;
  readonly aside?: React.ReactNode;
  note(place: number): string;
  onSave(): void;
}

function RankedImages({ title, sure, images, total, aside, note, onSave }: RankedImagesProps) {
  const { exploring } = useLab();
  const chosen = useExploring((state) => state.chosen);
  const openImage = useOpenImage();
  return (
    <section className={classes.panel} aria-label={title}>
      <header className={classes.head}>
        <p className={classes.sure}>
          <b className={classes.total}>
            {grouped(images.length)} images, {shareOf(images.length, total)}.
          </b>{' '}
          {sure}
        </p>
        {aside}
        <Button
          size="compact-sm"
          variant="default"
          disabled={images.length === 0}
          onClick={() => {
            exploring.choose(title, images);
            exploring.show('map');
          }}
        >
          Show on the map
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={images.length === 0}
          onClick={onSave}
        >
          List as CSV
        </Button>
      </header>
      {images.length === 0 ? (
        <p className={classes.none}>None was found.</p>
      ) : (
        <div className={classes.ranked}>
          <ImageGrid
            label={title}
            images={images}
            chosen={chosen}
            note={note}
            onOpen={openImage}
            onToggle={(image) => exploring.toggle(image)}
          />
        </div>
      )}
    </section>
  );
}
