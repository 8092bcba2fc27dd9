import { Tabs } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { EXPLORE_VIEWS, type ExploreView } from '../../session/exploring/exploringStore';
import { NeighboursPanel } from '../gallery/NeighboursPanel';
import { useDataset, useExploring, useLab } from '../lab';
import { grouped } from '../numbers';
import { BottomLineChip } from './bottomLine/BottomLineChip';
import { ExploreControls } from './ExploreControls';
import classes from './ExplorePlace.module.css';
import { ExploreStart } from './ExploreStart';
import { ImageSheet } from './grid/ImageSheet';
import { ClustersPanel } from './lists/ClustersPanel';
import { DuplicatesPanel } from './lists/DuplicatesPanel';
import { OutliersPanel, outliersOf, QualityPanel } from './lists/RankedPanel';
import { MapAndGrid } from './MapAndGrid';
import { OpenImageContext } from './openedImage';

const TITLES: Readonly<Record<ExploreView, string>> = {
  map: 'Map',
  duplicates: 'Duplicates',
  clusters: 'Clusters',
  outliers: 'Outliers',
  quality: 'Quality',
  neighbours: 'Neighbours',
};

/** How many entries each list has; null where that is not known yet, or where it is no list. */
function useCounts(): Readonly<Record<ExploreView, number | null>> {
  const exploration = useExploring((state) => state.exploration);
  const clusters = useExploring((state) => state.clusters);
  return {
    map: null,
    duplicates: exploration?.near == null ? null : exploration.exact.length + exploration.near.length,
    clusters: clusters?.medoids.length ?? null,
    outliers: clusters === null ? null : outliersOf(clusters).length,
    quality: exploration?.quality?.length ?? null,
    neighbours: null,
  };
}

/** Where the images are explored: their map, lists of what stands out, and the neighbours that the run measures while it trains. */
export function ExplorePlace() {
  const { exploring } = useLab();
  const view = useExploring((state) => state.view);
  const counts = useCounts();
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <OpenImageContext value={setOpened}>
      <Tabs
        className={classes.place}
        value={view}
        keepMounted={false}
        onChange={(value) => {
          const next = EXPLORE_VIEWS.find((each) => each === value);
          if (next !== undefined) exploring.show(next);
        }}
      >
        <div className={classes.bar}>
          <Tabs.List className={classes.tabs} aria-label="Views of the images">
            {EXPLORE_VIEWS.map((each) => (
              <Tabs.Tab key={each} value={each} className={classes.tab}>
                {TITLES[each]}
                {counts[each] !== null && <span className={classes.count}> {grouped(counts[each])}</span>}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <BottomLineChip />
          <ExploreControls />
        </div>
        <Problem />
        <Tabs.Panel value={view} className={classes.view} data-view={view}>
          <View view={view} />
        </Tabs.Panel>
      </Tabs>
      <ImageSheet image={opened} onClose={() => setOpened(null)} />
    </OpenImageContext>
  );
}

/** Why the last exploration or search failed. */
function Problem() {
  const problem = useExploring((state) => state.problem);
  if (problem === null) return null;
  return (
    <p className={classes.problem} role="alert">
      {problem}
    </p>
  );
}

function View({ view }: { readonly view: ExploreView }): ReactNode {
  const info = useDataset((data) => data.info);
  const exploration = useExploring((state) => state.exploration);
  const clusters = useExploring((state) => state.clusters);
  if (view === 'neighbours') {
    return (
      <div className={classes.neighbours}>
        <NeighboursPanel />
      </div>
    );
  }
  if (info === null || exploration === null) return <ExploreStart />;
  switch (view) {
    case 'map':
      return <MapAndGrid info={info} exploration={exploration} />;
    case 'duplicates':
      return <DuplicatesPanel info={info} exploration={exploration} />;
    case 'quality':
      return <QualityPanel info={info} quality={exploration.quality} clusters={clusters} />;
    case 'clusters':
      return clusters === null ? <Coming /> : <ClustersPanel info={info} clusters={clusters} />;
    case 'outliers':
      return clusters === null ? <Coming /> : <OutliersPanel info={info} clusters={clusters} />;
    default:
      return view satisfies never;
  }
}

/** In place of what depends on clusters, until they are found. */
function Coming() {
  const task = useExploring((state) => state.task);
  return (
    <p className={classes.coming}>
      {task === null ? 'The clusters were not found. Explore the images again.' : 'The clusters are being found …'}
    </p>
  );
}
