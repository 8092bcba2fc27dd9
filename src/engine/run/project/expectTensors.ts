import { UnusableFile } from '../../../formats/unusableFile';
import { createMethod } from '../../methods/registry';
import { networkLayersOf } from '../../network/networkLayers';
import { torchvisionNames } from '../../network/torchvisionNames';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { targetShapes } from '../checkpoint/deviceState';
import { countOf, differences, listOf } from '../export/tensorDifferences';

type Shapes = ReadonlyMap<string, readonly number[]>;

const PARAMETER = /^parameters\//;

/**
 * Checks a checkpoint's tensors against what its settings ask for, without its images; an engine must run. As `expectTensorsOf`, which needs
 * the images, but all that differs is listed.
 * @param trainImages how many images the run trains on; null where that is not known
 * @throws UnusableFile listing names and shapes, expected and found
 */
export function expectTensors(checkpoint: Checkpoint, trainImages: number | null): void {
  const { config } = checkpoint;
  const { backbone, projector, predictor } = networkLayersOf(config);
  const layers = torchvisionNames([...backbone.layers, ...projector, ...predictor]);
  // The networks first, without building them: settings may ask for far more than the file holds.
  expectShapes(checkpoint, new Map(layers.map(({ ours, shape }) => [`parameters/${ours}`, shape])), () => true);
  const count = trainImages ?? countIn(checkpoint);
  expectRemembered(checkpoint, count);
  const method = createMethod(config, { count });
  try {
    const parameters = method.parameters.entries().map(([name, { shape }]) => [`parameters/${name}`, shape] as const);
    const targets = targetShapes((method.innerSteps ?? 1) > 1, checkpoint);
    const expected: Shapes = new Map<string, readonly number[]>([
      ...parameters,
      // A parameter has momentum only after it was trained.
      ...parameters.flatMap(([name, shape]) => optional(checkpoint, name.replace(PARAMETER, 'momentum/'), shape)),
      ...probeShapes(checkpoint, method.featureDim),
      ...targets,
    ]);
    expectShapes(checkpoint, expected);
  } finally {
    method.dispose();
  }
}

type Entry = readonly [name: string, shape: readonly number[]];

function optional({ tensors }: Checkpoint, name: string, shape: readonly number[]): Entry[] {
  return tensors.has(name) ? [[name, shape]] : [];
}

/** Both tensors of the linear probe, or none: without classes there is no probe. Their number of classes depends on the images. */
function probeShapes({ tensors }: Checkpoint, featureDim: number): Entry[] {
  const there = tensors.get('probe/weight') ?? tensors.get('probe/velocity');
  if (there === undefined) return [];
  const shape = [featureDim + 1, there.shape[1] ?? 1];
  return [
    ['probe/weight', shape],
    ['probe/velocity', shape],
  ];
}

/** The number of training images that the memory of outputs was made for, which is at most that of all images. */
function countIn({ tensors, dataset }: Checkpoint): number {
  const [rows = dataset.count] = tensors.get('parameters/memory.eta')?.shape ?? [];
  return Math.min(rows, dataset.count);
}

/** Queues and memories, too, may be asked for that are far larger than the file. */
function expectRemembered({ config, tensors }: Checkpoint, count: number): void {
  const { method, queueLength, outputDim, movingAverageTarget } = config;
  const asked = outputDim * ((method === 'swav' ? 2 * queueLength : 0) + (movingAverageTarget ? count : 0));
  const there = [...tensors].filter(([name]) => PARAMETER.test(name)).map(([, { values }]) => values.length);
  const found = there.reduce((sum, length) => sum + length, 0);
  if (asked <= found) return;
  throw new UnusableFile(
    `does not fit the settings of its run: what ${method} remembers takes ${asked} numbers, and the file has ${found}`,
  );
}

function expectShapes(
  { tensors, config }: Checkpoint,
  expected: Shapes,
  isIgnored: (name: string) => boolean = () => false,
): void {
  const found = differences(tensors, expected, isIgnored);
  if (countOf(found) === 0) return;
  const settings = `${config.method}, ${config.backbone}, ${config.outputDim} outputs`;
  throw new UnusableFile(`does not fit the settings of its run (${settings}):\n${listOf(found)}\n`);
}
