import type { RunConfig } from '../domain/runConfig';
import type { TakenFile } from '../domain/takeAlong';

/** The longest name of a run or data set that is used in full. */
const MOST_CHARACTERS = 40;

/** A text as part of a file's name: its letters and digits in any language, joined by hyphens. */
function part(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...words.join('-')].slice(0, MOST_CHARACTERS).join('').replace(/-$/, '');
}

function ending(what: TakenFile): string {
  switch (what.kind) {
    case 'encoder':
      return what.format === 'transformers' ? 'transformers.zip' : `encoder.${what.format}`;
    case 'embeddings':
      return what.format === 'parquet' ? 'embeddings.parquet' : 'embeddings.zip';
    case 'project':
      return what.withImages ? 'project-with-images.zip' : 'project.zip';
    default:
      return what satisfies never;
  }
}

/**
 * The name of a file that is taken along, e.g. `simsiam-lab-fashion-mnist-simsiam-step500-encoder.onnx`; the name that the person gave to the
 * run takes the place of data set and method.
 * @param step finished updates of the encoder; null for one whose run is not known
 */
export function takenName(
  what: TakenFile,
  dataset: string,
  { method }: Pick<RunConfig, 'method'>,
  step: number | null,
): string {
  const given = what.kind === 'project' ? what.facts.name : null;
  const own = step === null ? ['opened-encoder'] : [part(method), `step${step}`];
  const words = given === null || part(given) === '' ? [part(dataset), ...own] : [part(given), `step${step}`];
  return ['simsiam-lab', ...words, ending(what)].filter((word) => word !== '').join('-');
}
