import { counted } from '../../domain/counted';
import type { FolderRole } from '../../domain/folderCorrections';
import { NO_LABEL, TEST, TRAIN } from '../../domain/imageDataset';
import { annotationFolders } from './annotationFolders';
import { type ClassFolder, classesOf } from './classFolders';
import { folderOf, upwards } from './directories';
import { type Folder, folderTree, imagesBelow } from './folderTree';
import { normalName } from './folderWords';
import { maskFiles } from './maskFiles';
import { divide, divideSplit, type Piece } from './pieces';
import type { Split } from './splitFolders';
import { readSplitName } from './splitNames';
import { unlabelledFolders } from './unlabelledFolders';

/** The labels and splits of some images by the names of their folders. */
export interface LabelPlan {
  /** Class index per image or `NO_LABEL`; null where the folders name fewer than two classes. Images that are left out have no label. */
  readonly labels: Int16Array | null;
  readonly classNames: readonly string[];
  readonly split: Uint8Array;
  /** Per image the path of the folder by which it is left out; null for images that are used. */
  readonly leftOut: readonly (string | null)[];
  /** Per image the name of the picture beside it that it is left out as a mask of; null for all others. */
  readonly maskOf: readonly (string | null)[];
  /** What folders were taken for, by path: classes, splits, left out. */
  readonly roles: ReadonlyMap<string, Exclude<FolderRole, 'use'>>;
  /** What a person should know about it, in sentences. */
  readonly notes: readonly string[];
}

/** The largest number of classes that Int16 labels can hold; with more folders, the images have no classes. */
const MAX_CLASSES = 2 ** 15 - 1;

type Roles = ReadonlyMap<string, FolderRole>;

const number = (count: number) => count.toLocaleString('en');
const imagesWords = (count: number) => counted(count, 'image');

/** The deepest folder from this one up that the person corrected to one of the roles. */
function correctedAbove(folder: string, roles: Roles, wanted: readonly FolderRole[]): string | null {
  if (roles.size === 0) return null;
  return upwards(folder).find((above) => wanted.some((role) => roles.get(above) === role)) ?? null;
}

/** Per image the folder by which it is left out: a correction decides, else the names of the folders. */
function leftOutBy(paths: readonly string[], folders: readonly string[], roles: Roles): (string | null)[] {
  const whole = folderTree(paths, paths.keys());
  const annotated = new Set(
    annotationFolders(whole, paths, (path) => roles.has(path) && roles.get(path) !== 'out').map(({ path }) => path),
  );
  const by = new Map<string, string | null>();
  return folders.map((folder) => {
    const known = by.get(folder);
    if (known !== undefined) return known;
    const decisive = upwards(folder).find((above) => roles.has(above) || annotated.has(above));
    const isOut = decisive !== undefined && (roles.get(decisive) ?? 'out') === 'out';
    by.set(folder, isOut ? decisive : null);
    return isOut ? decisive : null;
  });
}

/** The folder of a tree with this path. */
function folderAt(root: Folder, path: string): Folder | null {
  if (root.path === path) return root;
  const next = root.folders.find((folder) => path === folder.path || path.startsWith(`${folder.path}/`));
  return next === undefined ? null : folderAt(next, path);
}

/** The images of a piece whose label is the class folder that the piece lies in. */
interface Inside {
  readonly piece: Piece;
  readonly name: string;
}

/**
 * Labels and splits from folder names, wherever in the tree they stand: wrappers around and within the splits are passed over, folders of
 * masks and annotations beside the images are left out, and NFC and NFD are one name. Images beside the class folders have no label. A test
 * image of a class that no training image has is unlabelled, unless the training images have no labels at all.
 * @param paths paths of all images below the dropped root
 * @param roles a person's corrections, by path
 */
export function planFolders(paths: readonly string[], roles: Roles): LabelPlan {
  const folders = paths.map((path) => folderOf(normalName(path)));
  const leftOut = leftOutBy(paths, folders, roles);
  const maskOf = maskFiles(paths).map((picture, i) =>
    leftOut[i] === null && correctedAbove(folders[i], roles, ['use']) === null ? picture : null,
  );
  const isUsed = (i: number) => leftOut[i] === null && maskOf[i] === null;
  const isClass = (path: string) => roles.get(path) === 'class';
  const found = new Map<string, Exclude<FolderRole, 'use'>>();
  for (const folder of new Set(leftOut)) if (folder !== null) found.set(folder, 'out');

  // Folders that the person called a split are read by themselves; the rest is read as if they were not there.
  const bySplit = new Map<string | null, number[]>();
  for (const [i, folder] of folders.entries()) {
    if (!isUsed(i)) continue;
    const above = correctedAbove(folder, roles, ['train', 'test']);
    const there = bySplit.get(above);
    if (there === undefined) bySplit.set(above, [i]);
    else there.push(i);
  }
  const uncorrected = bySplit.get(null) ?? [];
  const unlabelled = unlabelledFolders(folderTree(paths, uncorrected), (path) => roles.has(path));
  const without = new Set(unlabelled.flatMap(imagesBelow));
  const labelled = uncorrected.filter((i) => !without.has(i));
  const rest = divide(folderTree(paths, labelled), isClass);
  const pieces = [...rest.pieces];
  const splits = [...rest.splits];
  const corrected = new Map<string, Piece[]>();
  for (const [path, images] of bySplit) {
    if (path === null) continue;
    const folder = folderAt(folderTree(paths, images), path);
    if (folder === null) continue;
    const division = divideSplit(folder, roles.get(path) === 'test' ? TEST : TRAIN, null, isClass);
    corrected.set(path, [...division.pieces]);
    pieces.push(...division.pieces);
    splits.push(...division.splits);
  }

  const split = new Uint8Array(paths.length).fill(TRAIN);
  for (const piece of pieces) for (const i of imagesBelow(piece.folder)) split[i] = piece.split;
  for (const { path, split: part } of splits) found.set(path, part === TRAIN ? 'train' : 'test');
  for (const folder of unlabelled) {
    const role = splitOfUnlabelled(folder, found);
    found.set(folder.path, role);
    if (role === 'test') for (const i of imagesBelow(folder)) split[i] = TEST;
  }

  const names = classesOf(pieces, paths.length, isClass);
  const classFolders: ClassFolder[] = [...names.folders];
  for (const { piece, name } of insideClasses(corrected, names.folders)) {
    for (const i of imagesBelow(piece.folder)) names.labels[i] ??= name;
  }
  for (const [i, folder] of folders.entries()) {
    const above = isUsed(i) ? correctedAbove(folder, roles, ['class']) : null;
    if (above === null) continue;
    names.labels[i] = above === '' ? 'images' : above.slice(above.lastIndexOf('/') + 1);
    classFolders.push({ path: above, name: names.labels[i] });
  }
  const { notes, isDropped } = settleClasses(names.labels, split);
  for (const { path, name } of classFolders) if (!isDropped(name) && !found.has(path)) found.set(path, 'class');

  const outNotes = [...found].flatMap(([path, role]) => {
    if (role !== 'out' || roles.get(path) === 'out') return [];
    const count = leftOut.filter((by) => by === path).length;
    return [
      `${imagesWords(count)} in “${path}” ${count === 1 ? 'is' : 'are'} left out: the folder is named as one of masks or annotations of the other images.`,
    ];
  });
  const noLabel = unlabelled.map(
    ({ path, count }) =>
      `${imagesWords(count)} in “${path}” ${count === 1 ? 'has' : 'have'} no class: the folder is named so.`,
  );
  const instead = rest.trainedInstead.map((name) => `No folder is named as a training set: “${name}” is trained on.`);
  const indexed = indexedLabels(names.labels);
  const all = [...instead, ...outNotes, ...maskNotes(paths, maskOf), ...noLabel, ...notes];
  return { ...indexed, split, leftOut, maskOf, roles: found, notes: all };
}

/** The split of a folder of unlabelled images: by its own name, else that of the split that it lies in. */
function splitOfUnlabelled(folder: Folder, found: ReadonlyMap<string, Exclude<FolderRole, 'use'>>): 'train' | 'test' {
  const own = readSplitName(folder.name);
  if (own !== null) return own.kind === 'train' ? 'train' : 'test';
  const above = upwards(folder.path).find((path) => found.get(path) === 'train' || found.get(path) === 'test');
  return above !== undefined && found.get(above) === 'test' ? 'test' : 'train';
}

function maskNotes(paths: readonly string[], maskOf: readonly (string | null)[]): string[] {
  const count = maskOf.filter((picture) => picture !== null).length;
  const first = maskOf.findIndex((picture) => picture !== null);
  if (first < 0) return [];
  const are = count === 1 ? 'is left out: it is named as a mask' : 'are left out: they are named as masks';
  const example = `“${paths[first].slice(paths[first].lastIndexOf('/') + 1)}” of “${maskOf[first]}”`;
  return [
    `${imagesWords(count)} ${are} or annotation${count === 1 ? '' : 's'} of images beside ${count === 1 ? 'it' : 'them'}, such as ${example}.`,
  ];
}

/** Pieces of a corrected split that lie within a class folder: their images are of that class. */
function insideClasses(corrected: ReadonlyMap<string, readonly Piece[]>, classes: readonly ClassFolder[]): Inside[] {
  return [...corrected].flatMap(([path, pieces]) => {
    const around = classes.find((folder) => path.startsWith(`${folder.path}/`));
    return around === undefined ? [] : pieces.map((piece) => ({ piece, name: around.name }));
  });
}

/** Removes the labels of classes that cannot be asked for, in place. */
function settleClasses(labels: (string | null)[], split: Uint8Array) {
  const namesIn = (part: Split) => new Set(labels.filter((name, i) => name !== null && split[i] === part));
  const [train, test] = [namesIn(TRAIN), namesIn(TEST)];
  const areApart = [...test].every((name) => !train.has(name));
  // A single folder in the training set, e.g. `train/images`, is no class where the test set has several others.
  const kept = train.size < 2 && test.size >= 2 && areApart ? test : train;
  const dropped = new Map<string, number>();
  for (const [i, name] of labels.entries()) {
    if (name === null || kept.has(name)) continue;
    labels[i] = null;
    if (split[i] === TEST) dropped.set(name, (dropped.get(name) ?? 0) + 1);
  }
  const count = [...dropped.values()].reduce((sum, images) => sum + images, 0);
  const [only] = dropped.keys();
  const missing = dropped.size === 1 ? `no class “${only}”` : `none of their ${number(dropped.size)} classes`;
  const words = `${counted(count, 'test image')} ${count === 1 ? 'has' : 'have'}`;
  const notes = dropped.size === 0 || kept.size < 2 ? [] : [`${words} no label: the training set has ${missing}.`];
  return { notes, isDropped: (name: string) => !kept.has(name) };
}

function indexedLabels(names: readonly (string | null)[]): Pick<LabelPlan, 'labels' | 'classNames'> {
  const classNames = [...new Set(names.filter((name) => name !== null))].sort();
  if (classNames.length < 2 || classNames.length > MAX_CLASSES) return { labels: null, classNames: [] };
  const indexOf = new Map(classNames.map((name, i) => [name, i]));
  const labels = Int16Array.from(names, (name) => (name === null ? NO_LABEL : (indexOf.get(name) ?? NO_LABEL)));
  return { labels, classNames };
}
