import type { TakenFile } from '../../domain/takeAlong';

/** A file as it is asked for; what only the page knows of the run is added when the worker is asked. */
export type WantedFile =
  | Exclude<TakenFile, { kind: 'project' } | { kind: 'embeddings' }>
  | Omit<Extract<TakenFile, { kind: 'embeddings' }>, 'findings'>
  | { readonly kind: 'project'; readonly withImages: boolean }
  /** The charts, which the page draws itself. */
  | { readonly kind: 'figure' };

/** The files that are offered, by what they are called in the list. */
export const FILE_NAMES = {
  safetensors: 'encoder.safetensors',
  onnx: 'encoder.onnx',
  transformers: 'transformers.zip',
  parquet: 'embeddings.parquet',
  npy: 'embeddings.npy',
  project: 'project.zip',
  figure: 'figure.zip',
} as const;
export type FileId = keyof typeof FILE_NAMES;

export function fileIdOf(wanted: WantedFile): FileId {
  return 'format' in wanted ? wanted.format : wanted.kind;
}
