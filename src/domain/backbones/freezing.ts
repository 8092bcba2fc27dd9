import type { Layer } from './layer';

/** What of a backbone is not trained. */
export interface Freezing {
  /** 0: nothing; n: the stem and the first n stages, with their BN. More than the backbone has: all of it. */
  readonly frozenStages: number;
  /** Whether BN of the whole backbone normalises with its moving statistics, and keeps its scale and shift. */
  readonly frozenBatchNorm: boolean;
}

export const NOTHING_FROZEN: Freezing = { frozenStages: 0, frozenBatchNorm: false };

/** The most stages that a backbone has. */
export const MOST_STAGES = 4;

/** The stage in a name: 0 for the stem. */
const STAGE = /^encoder\.(?:stem|stage(\d+))\./;
const SCALE_OR_SHIFT = /^encoder\..*\.(gamma|beta)$/;

/** Whether a parameter of this name (`encoder.stage1.block0.conv1.kernel`) stays as it is. Heads are always trained. */
export function isFrozen(name: string, { frozenStages, frozenBatchNorm }: Freezing): boolean {
  const stage = STAGE.exec(name);
  const isInFrozenStage = frozenStages > 0 && stage !== null && Number(stage[1] ?? 0) <= frozenStages;
  return isInFrozenStage || (frozenBatchNorm && SCALE_OR_SHIFT.test(name));
}

/** How many of the first layers of a backbone have nothing that is trained: their outputs depend on the images alone. */
export function countOfFrozen(layers: readonly Layer[], freezing: Freezing): number {
  const trained = layers.findIndex((layer) => parametersOf(layer).some((name) => !isFrozen(name, freezing)));
  return trained < 0 ? layers.length : trained;
}

function parametersOf(layer: Layer): readonly string[] {
  switch (layer.kind) {
    case 'conv':
    case 'linear':
      return [`${layer.name}.kernel`];
    case 'batchNorm':
      return [`${layer.name}.gamma`];
    case 'residual':
      return [...layer.body, ...layer.shortcut].flatMap(parametersOf);
    default:
      return [];
  }
}
