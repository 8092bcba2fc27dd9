import { UnusableFile } from '../../../formats/unusableFile';

const CONVERT = 'save its weights as safetensors';

/** Beginnings of files of weights in other formats, one character a byte, and what they are. */
const KINDS: readonly (readonly [bytes: string, what: string])[] = [
  ['PK\x03\x04', `is a zip archive, as PyTorch's .pt and .pth files and Keras's are: ${CONVERT}`],
  ['\x80\x02', `is a pickle, as PyTorch's older .pt and .pth files are: ${CONVERT}`],
  ['\x80\x04', `is a pickle: ${CONVERT}`],
  ['\x89HDF\r\n', `is an HDF5 file, as Keras's .h5 files are: ${CONVERT}`],
  ['GGUF', 'is a GGUF file, a language model: name an encoder of images'],
  ['\x93NUMPY', `is an array of NumPy: ${CONVERT}`],
  ['PAR1', 'is a Parquet table: name a file of weights'],
  ['\x08\x08\x12', 'is an ONNX model: name the encoder.safetensors beside it'],
  ['\x1f\x8b', 'is compressed (gzip): unpack it first'],
  [
    'version https://git-lfs',
    'is a Git LFS pointer, not the weights themselves: run “git lfs pull” where it came from',
  ],
  ['<', 'is a web page or XML, such as the error page of a failed download: download it again'],
  ['{', 'is JSON, such as the config.json of a model: name its safetensors file'],
];

/** @throws UnusableFile where a file is of another known kind than safetensors; the message says of which, and what to do */
export function refuseOtherModels(file: Uint8Array): void {
  const start = String.fromCharCode(...file.subarray(0, 32));
  // A safetensors file begins with the length of its header, then a brace; some lengths begin as one of the other kinds does.
  if (start[8] === '{' && start.slice(4, 8) === '\0\0\0\0') return;
  const known = KINDS.find(([bytes]) => start.startsWith(bytes));
  if (known !== undefined) throw new UnusableFile(known[1]);
}
