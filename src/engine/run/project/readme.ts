import { IMAGE_COLUMNS } from '../../../domain/imageIndex';
import { ENTRIES, type Project } from './projectFile';

/** The text that says to a person what is in a project file, a line for each file. */
export function readmeOf({ config, dataset, step, hasImages }: Project): string {
  const { imageSize, method, backbone } = config;
  const lines: readonly (readonly [path: string, what: string])[] = [
    [ENTRIES.project, 'settings, changes and origin of the run, which the page reads first'],
    [ENTRIES.checkpoint, 'the run after its last step, with its curves and frames: what it goes on from'],
    [ENTRIES.curves, 'step, then every series that was measured, as a table'],
    [`${ENTRIES.encoder}encoder.safetensors`, "the backbone for PyTorch, with torchvision's names and layouts"],
    [
      `${ENTRIES.encoder}encoder.onnx`,
      `the encoder for ONNX runtimes: pixel_values [N, 3, ${imageSize}, ${imageSize}] to features and z`,
    ],
    [
      `${ENTRIES.encoder}*.json`,
      "make this folder a model of transformers.js with { subfolder: '', model_file_name: 'encoder', dtype: 'fp32' }",
    ],
    [`${ENTRIES.frames}*.npy`, 'the outputs as the picture shows them, float16 [frames, images, 3], for NumPy'],
    [`${ENTRIES.frames}*.csv`, 'the steps of the frames with their numbers, and the images of the points'],
    [ENTRIES.embeddings, 'path, class, split, features and z of every image, as a Parquet table'],
    ...(hasImages
      ? ([
          [`${ENTRIES.images}*.png`, 'the images, with the very pixels that the run uses'],
          [ENTRIES.imageIndex, `of each image: ${IMAGE_COLUMNS.join(', ')}`],
        ] as const)
      : []),
  ];
  const width = Math.max(...lines.map(([path]) => path.length)) + 2;
  return [
    `A run of SimSiam Lab: ${method}, ${backbone}, after step ${step}, on the ${dataset.count} images of “${dataset.name}”.`,
    'Open this archive on the page to see the run and go on with it. The program continue/train.py goes on with it in PyTorch.',
    '',
    ...lines.map(([path, what]) => `${path.padEnd(width)}${what}`),
    '',
  ].join('\n');
}
