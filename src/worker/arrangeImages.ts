import { breathe } from '../data/import/breathe';
import type { Clusters } from '../domain/exploration';
import { findClusters, NOISE } from '../explore/clusters/hdbscan';
import { withoutRepeats } from '../explore/duplicates/exactDuplicates';
import { nearDuplicates } from '../explore/duplicates/nearDuplicates';
import { Layout } from '../explore/layout/layout';
import { outlierScores } from '../explore/outliers';
import { finished } from '../explore/work';
import type { ExploringCommand, ExploringEvent } from '../protocol/exploring';
import { plainProducts } from './plainProducts';

export type SendEvent = (event: ExploringEvent, transfer?: Transferable[]) => void;

/** The map works so long before others have their turn. */
const SLICE_MS = 60;
/** The page is sent positions at most so often: its points glide from one to the next. */
const SEND_MS = 220;
/** Fewer images have no clusters: all of them are noise. */
const FEWEST = 20;
/**
 * Up to so many images, clusters come from the distances of all pairs; above, from the graph alone. Lower than on the command line, since this
 * worker multiplies without an engine.
 */
const EXACT_UP_TO = 4000;

/** Makes the map and the clusters by turns, and sends the map while it forms; then finds near duplicates. A failure is sent, too. */
export async function arrangeImages(command: ExploringCommand, send: SendEvent): Promise<void> {
  try {
    await Promise.all([layOut(command, send), cluster(command, send)]);
    await compare(command, send);
    send({ type: 'done' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    send({ type: 'failed', message: `The map could not be made: ${reason}` });
  }
}

async function layOut({ graph, from, seed }: ExploringCommand, send: SendEvent): Promise<void> {
  const layout = new Layout({ graph, seed, ...(from === null ? {} : { from }) });
  let sent = 0;
  const sendPositions = () => {
    const positions = layout.positions.slice();
    send({ type: 'positions', positions, done: layout.epoch, total: layout.epochs }, [positions.buffer]);
    sent = Date.now();
  };
  while (layout.advance(SLICE_MS)) {
    if (Date.now() - sent >= SEND_MS) sendPositions();
    await breathe();
  }
  sendPositions();
}

async function compare({ pictures }: ExploringCommand, send: SendEvent): Promise<void> {
  if (pictures === null) return;
  const { copies, exact } = pictures;
  let sent = 0;
  const onProgress = (share: number) => {
    if (Date.now() - sent < SEND_MS) return;
    send({ type: 'comparing', share });
    sent = Date.now();
  };
  const pairs = await finished(nearDuplicates(copies, withoutRepeats(exact, copies.count)), onProgress);
  send({ type: 'near', pairs });
}

async function cluster({ graph, features }: ExploringCommand, send: SendEvent): Promise<void> {
  const { n } = graph;
  if (n < FEWEST) {
    const [probabilities, scores] = [new Float32Array(n), new Float32Array(n)];
    const labels = new Int32Array(n).fill(NOISE);
    send({
      type: 'clusters',
      clusters: { labels, probabilities, medoids: new Int32Array(0), outlierScores: scores },
    });
    return;
  }
  const found = await findClusters(features, graph, {
    productsOf: plainProducts,
    exactUpTo: EXACT_UP_TO,
    onProgress: breathe,
  });
  const clusters: Clusters = {
    labels: Int32Array.from(found.labels),
    probabilities: Float32Array.from(found.probabilities),
    medoids: Int32Array.from(found.medoids),
    outlierScores: Float32Array.from(outlierScores(graph)),
  };
  send({ type: 'clusters', clusters });
}
