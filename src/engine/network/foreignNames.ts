import { fromHuggingFaceName } from './huggingFaceNames';

/** Weights of ResNets as other tools name them: torchvision and timm (the same names), and Hugging Face's transformers. */

/** Tensors of a file under torchvision's names. */
export interface ForeignNames<T> {
  /** What stands before the names of the backbone in the file, such as `module.encoder.`; often nothing. */
  readonly prefix: string;
  readonly source: 'torchvision' | 'huggingFace';
  readonly tensors: ReadonlyMap<string, T>;
  /** Names in the file of tensors that are not of the backbone: classifiers, projectors, predictors, other networks. */
  readonly unused: readonly string[];
}

/** Hugging Face's first convolution, with what stands before it. */
const HUGGING_FACE_STEM = /^(.*?)embedder\.embedder\.convolution\.weight$/;
/** Torchvision's; blocks have a `conv1`, too, whose prefix would end in `layer1.0.`. */
const TORCHVISION_STEM = /^((?:.*\.)?)conv1\.weight$/;
/** What commonly stands beside a backbone under its prefix. */
const HEADS = /^(fc|head|heads|classifier|projector|projection_head|predictor|prototypes|contrastive_head)\./;

/**
 * Finds the backbone among the tensors of a file, by the first convolution and what stands before its name. Where a file holds two backbones
 * (as those of MoCo and BYOL do), the first is taken.
 */
export function foreignNames<T>(file: ReadonlyMap<string, T>): ForeignNames<T> {
  const names = [...file.keys()];
  const huggingFace = names.map((name) => HUGGING_FACE_STEM.exec(name)?.[1]).find((prefix) => prefix !== undefined);
  const torchvision = names
    .flatMap((name) => TORCHVISION_STEM.exec(name)?.[1] ?? [])
    .find((prefix) => file.has(`${prefix}layer1.0.conv1.weight`));
  const prefix = huggingFace ?? torchvision ?? '';
  const source = huggingFace === undefined ? 'torchvision' : 'huggingFace';
  const tensors = new Map<string, T>();
  const unused: string[] = [];
  for (const [name, tensor] of file) {
    const own = name.slice(prefix.length);
    if (!name.startsWith(prefix) || HEADS.test(own)) unused.push(name);
    else tensors.set(source === 'huggingFace' ? fromHuggingFaceName(own) : own, tensor);
  }
  return { prefix, source, tensors, unused };
}
