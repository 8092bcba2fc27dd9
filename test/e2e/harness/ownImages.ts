import sharp from 'sharp';
import { badFiles, SYSTEM_FILES, writeFiles } from '../../setup/imageFiles';

const SIDE = 48;
/** The folders of each class's images: its own folder or a nested one. */
const PLACES = { cats: 'cats', dogs: 'dogs/big/and small', birds: 'birds' } as const;
export const CLASSES = Object.keys(PLACES).sort() as readonly (keyof typeof PLACES)[];

/** An image of coloured noise; each is different. */
async function noise(hue: number, index: number): Promise<Buffer> {
  const pixels = Buffer.alloc(SIDE * SIDE * 3);
  let state = hue * 1000 + index + 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[i] = (state >>> 24) / 2 + (i % 3 === hue ? 120 : 0);
  }
  const image = sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  return index % 2 === 0 ? image.jpeg().toBuffer() : image.png().toBuffer();
}

/**
 * Files of a folder as a person may have one: classes as folders, some of them nested.
 * @param perClass images of each of the three classes
 */
export async function imagesInClasses(perClass: number): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [hue, name] of CLASSES.entries()) {
    for (let i = 0; i < perClass; i++) {
      files.set(`${PLACES[name]}/${i}.${i % 2 === 0 ? 'jpg' : 'png'}`, await noise(hue, i));
    }
  }
  return files;
}

/** Files that must be skipped, by path, each with a pattern for the reason; and system files, which are not listed. */
export async function filesToSkip(): Promise<{
  readonly listed: ReadonlyMap<string, RegExp>;
  readonly files: ReadonlyMap<string, Buffer>;
}> {
  const bad = [...(await badFiles())].map(([name, file]) => [`dogs/${name}`, file] as const);
  const system = SYSTEM_FILES.map((name) => [name, Buffer.from('x')] as const);
  return {
    listed: new Map(bad.map(([path, { reason }]) => [path, reason])),
    files: new Map([...bad.map(([path, { bytes }]) => [path, bytes] as const), ...system]),
  };
}

/** Writes files below a folder, and returns its path. */
export async function writeFolder(root: string, ...files: Iterable<readonly [string, Uint8Array]>[]): Promise<string> {
  for (const some of files) await writeFiles(root, some);
  return root;
}
