import { BACKBONE_TITLES, type BackboneName } from '../../../domain/backbones/registry';
import type { RunConfig } from '../../../domain/runConfig';
import type { StoredTensor } from '../../../formats/safetensors';
import { UnusableFile } from '../../../formats/unusableFile';
import { fromTorch, torchShape, type Values } from '../../network/export/torchLayout';
import { backboneOf } from '../../network/networkLayers';
import { type ExportName, torchvisionNames } from '../../network/torchvisionNames';
import type { EncoderWeights } from './encoderWeights';
import { floatsOf } from './floatTensor';
import { countOf, type Differences, differences, listOf } from './tensorDifferences';

type Tensors = ReadonlyMap<string, StoredTensor>;

/** An encoder from a file, and what is to be said about it. */
export interface ReadEncoder {
  readonly encoder: EncoderWeights;
  /** Whether the file, or what lay beside it, says what images are normalised with. */
  readonly isNormalisationStated: boolean;
  /** What was found in a file of others, and what had to be assumed or left out, each as a sentence for the person. */
  readonly notes: readonly string[];
}

/** The tensors of a run's backbone. */
export const namesOf = (config: RunConfig): ExportName[] => torchvisionNames(backboneOf(config).layers);

/** How tensors by torchvision's names differ from those expected. */
export function differencesTo(tensors: Tensors, names: readonly ExportName[]): Differences {
  const expected = new Map(names.map(({ torchvision, shape }) => [torchvision, torchShape(shape)]));
  return differences(tensors, expected, (name) => isCounter(name, expected));
}

/** `num_batches_tracked` beside the statistics of a BN layer, which nothing here needs. */
function isCounter(name: string, expected: ReadonlyMap<string, unknown>): boolean {
  return name.endsWith('.num_batches_tracked') && expected.has(name.replace(/num_batches_tracked$/, 'running_mean'));
}

/** @throws UnusableFile listing the differences */
export function expectFitting(backbone: BackboneName, found: Differences): void {
  if (countOf(found) === 0) return;
  throw new UnusableFile(`does not fit the network “${BACKBONE_TITLES[backbone]}”:\n${listOf(found)}\n`);
}

/**
 * The tensors in our layout, checked.
 * @throws UnusableFile where one holds no floating-point numbers, or values that no weights have
 */
export function valuesOf(tensors: Tensors, names: readonly ExportName[]): ReadonlyMap<string, Values> {
  return new Map(
    names.map(({ ours: name, torchvision }) => {
      const stored = tensors.get(torchvision);
      if (stored === undefined) throw new Error(`${torchvision} was not checked`);
      const values = floatsOf(torchvision, stored);
      if (!values.every(Number.isFinite)) {
        throw new UnusableFile(`is damaged: the tensor “${torchvision}” holds a value that is not a finite number`);
      }
      if (torchvision.endsWith('.running_var') && values.some((value) => value < 0)) {
        throw new UnusableFile(`is damaged: the variances “${torchvision}” are negative`);
      }
      return [name, fromTorch({ shape: stored.shape, values })] as const;
    }),
  );
}
