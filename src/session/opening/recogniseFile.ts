import { beginsAsZip } from '../../formats/archives';
import { readBytes } from '../../formats/byteSource';
import { isNamedInZip } from '../../formats/zip/namesInZip';

/** Names of files of weights; those of other programs are refused with what to do. */
const WEIGHTS_NAME = /\.(safetensors|pt|pth|ckpt|onnx|h5|keras|gguf|pkl|pickle)$/i;

/** What every project file holds. */
const PROJECT = 'project.json';

/** A safetensors file begins with the length of its header, which is below 100 MB, then the header. */
function beginsAsSafetensors(head: Uint8Array): boolean {
  return head[8] === '{'.charCodeAt(0) && head.subarray(4, 8).every((byte) => byte === 0);
}

/**
 * Whether a file may be a project file, a checkpoint or an encoder, by its name and content; the worker that opens it knows for certain. Little of
 * it is read.
 */
export async function mayBeOpened(file: File): Promise<boolean> {
  if (WEIGHTS_NAME.test(file.name)) return true;
  try {
    const head = await readBytes(file, 0, 16);
    return beginsAsSafetensors(head) || (beginsAsZip(head) && (await isNamedInZip(file, PROJECT)));
  } catch {
    // What cannot be read is named by the import of images.
    return false;
  }
}

/** The file of a drop or a choice of one file alone; null where there are several, or a folder. Call it inside the drop handler. */
export function onlyFileOf(transfer: DataTransfer): File | null {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const [item] = items;
  if (item === undefined || items.length > 1 || item.webkitGetAsEntry()?.isDirectory === true) return null;
  return item.getAsFile();
}
