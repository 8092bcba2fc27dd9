import { type ClassCount, datasetCounts } from '../../src/data/describeDataset';
import { ImportError } from '../../src/data/importError';
import { HOLD_OUT_SEED, type ImportResult } from '../../src/data/importTypes';
import { counted } from '../../src/domain/counted';
import { type FolderCorrections, parseCorrections } from '../../src/domain/folderCorrections';
import type { FolderPlan } from '../../src/domain/folderPlan';
import type { SkippedFile } from '../../src/domain/imageDataset';
import { presetConfig } from '../../src/domain/presets';
import { adviceOnFew, areEnough } from '../../src/domain/runProblems';
import { loadDataset } from '../node/loadDataset';

/** What a folder, an archive or several become as a data set: the JSON of `npm run inspect`. */
export interface Inspection {
  readonly images: number;
  /** The longest of the short sides in pixels at which the pictures would be kept; 0 without images. */
  readonly size: number;
  readonly classes: readonly ClassCount[];
  readonly unlabelled: number;
  readonly splits: { readonly train: number; readonly test: number };
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
}

export interface Inspected {
  readonly name: string;
  readonly inspection: Inspection;
  /** null where there are no images, and for a sample. */
  readonly plan: FolderPlan | null;
}

function inspectionOf({ dataset, skipped, plan }: ImportResult, batchSize: number): Inspection {
  const { classes, unlabelled, splits } = datasetCounts(dataset);
  const few = areEnough(splits.train, batchSize)
    ? []
    : [
        `A run with batches of ${batchSize} needs at least ${2 * batchSize} images to train on, and there ${splits.train === 1 ? 'is' : 'are'} ${splits.train}. ${adviceOnFew(splits.train)}`,
      ];
  const misfit =
    plan?.isMisfit === true
      ? ['The corrections name places that are not in the list of folders: none of them is used.']
      : [];
  const { count: images, size } = dataset;
  return { images, size, classes, unlabelled, splits, skipped, notes: [...(plan?.notes ?? []), ...misfit, ...few] };
}

/**
 * Reads images as the page does, with the settings of the default preset, and says what they become.
 * @param corrections text as in a link, e.g. `3:test`
 * @throws ImportError when a location does not exist; Error when the corrections cannot be read
 */
export async function inspect(locations: readonly string[], corrections?: string): Promise<Inspected> {
  const { imageSize, sourceSize, holdOut, labelRule, batchSize } = presetConfig('small', 'folder');
  const asked: FolderCorrections = corrections === undefined ? [] : parseCorrections(corrections);
  // A batch of none is always small enough: whether there are enough images is said, and refuses nothing.
  const settings = { imageSize, sourceSize, seed: HOLD_OUT_SEED, holdOut, labelRule, corrections: asked, batchSize: 0 };
  const [only, another] = locations;
  try {
    const result = await loadDataset(another === undefined && only !== undefined ? only : locations, settings);
    return { name: result.dataset.name, inspection: inspectionOf(result, batchSize), plan: result.plan };
  } catch (error) {
    if (!(error instanceof ImportError) || error.skipped.length === 0) throw error;
    const none = { images: 0, size: 0, classes: [], unlabelled: 0, splits: { train: 0, test: 0 } };
    return {
      name: locations.join(', '),
      inspection: { ...none, skipped: error.skipped, notes: [error.message] },
      plan: null,
    };
  }
}

const count = (value: number) => value.toLocaleString('en');

/** Columns as wide as their longest cell, numbers aligned to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

/** How many skipped files are printed; the JSON has all of them. */
const PRINTED = 50;

/** The inspection as text for a terminal. */
export function inspectionText({ name, inspection, plan }: Inspected): string {
  const { images, size, classes, unlabelled, splits, skipped, notes } = inspection;
  const lines = [
    `${name}: ${counted(images, 'image')}${images === 0 ? '' : `, short side${images === 1 ? '' : 's up to'} ${size} px`}`,
  ];
  if (images > 0) {
    const rows = classes.map((found) => [found.name, count(found.train), count(found.test)]);
    const without = unlabelled === 0 ? [] : [['(no class)', ...unlabelledBy(inspection).map(count)]];
    const all = ['all', count(splits.train), count(splits.test)];
    lines.push(
      '',
      ...table([
        [classes.length === 0 ? 'no classes' : counted(classes.length, 'class', 'classes'), 'train', 'test'],
        ...rows,
        ...without,
        all,
      ]),
    );
  }
  if (plan !== null && (plan.folders.length > 1 || plan.masks > 0)) {
    const rows = plan.folders.map(({ path, images: held, role }, position) => [
      path === '' ? '.' : path,
      count(held),
      role ?? '',
      String(position),
    ]);
    lines.push('', ...table([['folder', 'images', 'taken for', 'place'], ...rows]));
  }
  if (notes.length > 0) lines.push('', ...notes);
  if (skipped.length > 0) {
    const more = skipped.length > PRINTED ? [`and ${count(skipped.length - PRINTED)} more`] : [];
    lines.push('', `${count(skipped.length)} skipped:`);
    lines.push(...skipped.slice(0, PRINTED).map(({ path, reason }) => `${path}: ${reason}`), ...more);
  }
  return lines.join('\n');
}

/** Unlabelled images that are trained on, and those that are not. */
function unlabelledBy({ classes, splits }: Inspection): [number, number] {
  const sum = (side: 'train' | 'test') => classes.reduce((total, found) => total + found[side], 0);
  return [splits.train - sum('train'), splits.test - sum('test')];
}
