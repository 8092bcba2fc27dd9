import { expect, it } from 'vitest';
import type { DatasetInfo } from '../../../src/domain/imageDataset';
import { presetConfig } from '../../../src/domain/presets';
import { createDatasetStore } from '../../../src/session/data/datasetStore';
import { whenTraining } from '../../../src/session/offlineUse';
import { createRunStore } from '../../../src/session/run/runStore';

it('the page is kept at the first loss, once for each sample and once for own images', () => {
  const runStore = createRunStore(presetConfig('tiny', 'fashion-mnist'));
  const datasetStore = createDatasetStore();
  const kept: (string | null)[] = [];
  whenTraining({ runStore, datasetStore }, (sample) => kept.push(sample));
  const use = (source: unknown) => datasetStore.setState({ info: { source } as DatasetInfo });
  const lose = (loss?: number) => runStore.setState({ latest: loss === undefined ? {} : { loss } });

  use({ kind: 'sample', id: 'fashion-mnist' });
  lose();
  expect(kept).toEqual([]);
  lose(-0.1);
  lose(-0.2);
  expect(kept).toEqual(['fashion-mnist']);
  lose();
  use({ kind: 'sample', id: 'emoji-3d' });
  lose(0);
  use({ kind: 'folder' });
  lose(0.1);
  use({ kind: 'sample', id: 'fashion-mnist' });
  lose(0.2);
  expect(kept).toEqual(['fashion-mnist', 'emoji-3d', null]);
});
