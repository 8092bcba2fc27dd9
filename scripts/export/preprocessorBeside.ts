import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Preprocessor, readPreprocessor } from '../../src/engine/run/export/preprocessor';
import { UnusableFile } from '../../src/formats/unusableFile';

/**
 * What the `preprocessor_config.json` in the folder of a file of weights says; null where there is none.
 * @throws Error naming it where it cannot be used
 */
export function preprocessorBeside(file: string): Preprocessor | null {
  const path = join(dirname(file), 'preprocessor_config.json');
  if (!existsSync(path)) return null;
  try {
    return readPreprocessor(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new Error(`${path} ${error.message}. Mend it, or move it elsewhere.`);
  }
}
