import type { Exploration } from '../../../src/domain/exploration';
import type { DatasetInfo } from '../../../src/domain/imageDataset';
import type { Picture } from '../../../src/domain/measurement';
import type { Lab } from '../../../src/session/lab';
import { clustersOfGroups, explorationOf, imagesInGroups, positionsInGroups } from '../../setup/explored';
import { FakeWorker } from '../../unit/session/fakeWorker';
import { idleLab, putRun } from './lab';

const SIDE = 16;

/** A square of one colour for each image, which the fake worker sends as its picture. */
function pictureOf(image: number): Picture {
  const pixels = new Uint8ClampedArray(4 * SIDE * SIDE);
  const colour = [(image * 53) % 256, (image * 97) % 256, (image * 151) % 256, 255];
  for (let i = 0; i < pixels.length; i += 4) pixels.set(colour, i);
  return { width: SIDE, height: SIDE, pixels };
}

interface Choices {
  readonly count?: number;
  readonly groups?: number;
  readonly hasClasses?: boolean;
  readonly exploration?: Partial<Exploration>;
}

/** A lab whose images were explored: groups that lie apart on the map, and are its clusters. */
export function exploredLab({ count = 200, groups = 4, hasClasses = true, exploration = {} }: Choices = {}) {
  const info: DatasetInfo = imagesInGroups(count, groups, hasClasses);
  const worker = new FakeWorker({
    thumbnails: ({ indices }) => indices.map(pictureOf),
    measureExplored: () => ({ code: 'out-of-memory', message: 'Too little memory.', recoverable: true }),
    openKept: () => ({ code: 'no-checkpoint', message: 'This run has no checkpoint.', recoverable: true }),
    search: ({ query }) => [1, 2, 3].map((by) => ({ image: Number(query) + by, similarity: 1 - by / 10 })),
  });
  const lab: Lab = idleLab({}, { openWorker: () => worker });
  lab.engineStore.setState({ state: 'ready' });
  lab.datasetStore.setState({ info });
  lab.thumbnails.replace(count);
  putRun(lab, { runState: 'paused', step: 300 });
  lab.exploring.store.setState({
    exploration: { ...explorationOf(count), ...exploration },
    positions: positionsInGroups(count, groups),
    clusters: clustersOfGroups(count, groups),
    limits: { alike: 0.9, near: 0.98 },
  });
  return { lab, info, worker };
}
