import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo } from 'react';
import { clusterDoubt } from '../../../domain/clusterDoubt';
import type { Clusters } from '../../../domain/exploration';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { membersOf } from '../../../session/exploring/exploring';
import { useLab } from '../../lab';
import { grouped } from '../../numbers';
import { saveCsv } from '../../save/saveFile';
import { regionsOf, regionWords } from '../map/regions';
import { shareOf } from '../words';
import { imagesCsv } from './csvRows';
import { ImageButton } from './ImageButton';
import classes from './Lists.module.css';
import { VirtualList } from './VirtualList';

/** Members that are shown of each cluster. */
const SHOWN = 10;

interface ClustersPanelProps {
  readonly info: DatasetInfo;
  readonly clusters: Clusters;
}

/** The clusters, the largest first, and the images that are in none. */
export function ClustersPanel({ info, clusters }: ClustersPanelProps) {
  const { exploring } = useLab();
  const regions = useMemo(() => regionsOf(clusters, info), [clusters, info]);
  const noise = useMemo(() => membersOf(clusters, -1), [clusters]);
  const doubt = clusterDoubt(info.count - noise.length, info.count);
  const show = (title: string, images: readonly number[]) => {
    exploring.choose(title, images);
    exploring.show('map');
  };
  const save = () => {
    const images = [...regions.flatMap(({ cluster }) => membersOf(clusters, cluster)), ...noise];
    const strength = (place: number) => clusters.probabilities[images[place] ?? 0];
    saveCsv('clusters', imagesCsv({ info, clusters }, images, { strength }));
  };
  return (
    <section className={classes.panel} aria-label="Clusters">
      <header className={classes.head}>
        <p className={classes.sure}>
          {doubt !== null && <b className={classes.total}>{doubt}</b>} Groups that are denser than what lies around them
          (HDBSCAN). Their borders are soft: the list says how strongly each image belongs. What a group has in common,
          only you can say.
        </p>
        <Button size="compact-sm" variant="default" leftSection={<IconDownload size={15} aria-hidden />} onClick={save}>
          List as CSV
        </Button>
      </header>
      <VirtualList label="Clusters" count={regions.length + 1} rowHeight={108}>
        {(row) => {
          const region = regions[row];
          const title = region === undefined ? 'In no cluster' : regionWords(region);
          const images = region === undefined ? noise : membersOf(clusters, region.cluster);
          return (
            <div className={classes.cluster}>
              <div className={classes.clusterWords}>
                <b>{title}</b>
                <span>
                  {region === undefined ? `${grouped(images.length)} images · ` : ''}
                  {shareOf(images.length, info.count)}
                </span>
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={images.length === 0}
                  aria-label={`Show on the map: ${title}`}
                  onClick={() => show(title, images)}
                >
                  Show on the map
                </Button>
              </div>
              <div className={classes.strip}>
                {images.slice(0, SHOWN).map((image) => (
                  <ImageButton key={image} image={image} />
                ))}
              </div>
            </div>
          );
        }}
      </VirtualList>
    </section>
  );
}
