import type { SampleId, SampleVersion } from '../../domain/imageDataset';

/** What the page shows about a sample before it is loaded. */
export interface SampleDescription {
  readonly id: SampleId;
  readonly title: string;
  readonly description: string;
  readonly license: {
    /** e.g. "MIT". */
    readonly name: string;
    /** One copyright line per source. */
    readonly holders: readonly string[];
    /** The whole licence, to be shown on demand. */
    readonly text: string;
  };
  /** Images in all. */
  readonly count: number;
  /** The sheets of images, in the order in which they are loaded. */
  readonly parts: readonly SamplePart[];
}

/** A sheet with some images of a sample. */
export interface SamplePart {
  /** Its file's name in the folder of the samples. */
  readonly file: string;
  /** How many images it has. */
  readonly images: number;
  /** Size of the download in bytes. */
  readonly bytes: number;
}

function mit(...holders: string[]): SampleDescription['license'] {
  const text = `MIT License

${holders.join('\n')}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
  return { name: 'MIT', holders, text };
}

/** The file that lists the images of a version of a sample; all versions have the same sheets. */
export function manifestFile(id: SampleId, version: SampleVersion): string {
  return version === 1 ? `${id}.json` : `${id}.v${version}.json`;
}

/** The built-in samples, in the order in which they are offered; made by `npm run samples`. */
export const SAMPLES: Readonly<Record<SampleId, SampleDescription>> = {
  'fashion-mnist': {
    id: 'fashion-mnist',
    title: 'Fashion-MNIST',
    description:
      '12,000 grey pictures of clothes in ten classes: 10,000 to train on, 2,000 held out for kNN. The one to start with: kNN accuracy rises within the first minute.',
    license: mit('Copyright (c) 2017 Zalando SE, https://tech.zalando.com'),
    count: 12_000,
    // The first part is enough for a first run, and small enough to come with the page in seconds.
    parts: [
      { file: 'fashion-mnist.1.png', images: 1500, bytes: 607_509 },
      { file: 'fashion-mnist.2.png', images: 10_500, bytes: 4_259_587 },
    ],
  },
  'emoji-3d': {
    id: 'emoji-3d',
    title: 'Emoji 3D',
    description:
      '3,391 colour pictures of emoji on white, in nine groups. A fifth of the base emoji is held out with all its skin tones and genders and, since version 2, with nearly equal emoji; one variant of each is a kNN query. The prettier neighbours; kNN accuracy moves slowly.',
    license: mit(
      'Copyright (c) Microsoft Corporation (Fluent Emoji)',
      'Copyright (c) 2023 LobeHub (@lobehub/fluent-emoji-3d)',
      'Copyright (c) 2017-2019 Miles Johnson (emojibase-data: groups and names)',
    ),
    count: 3391,
    parts: [{ file: 'emoji-3d.png', images: 3391, bytes: 12_062_923 }],
  },
};
