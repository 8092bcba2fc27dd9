import { parseArgs } from 'node:util';
import { exportTo } from './export/exportTo';
import { runCommand } from './node/runCommand';
import { UsageError } from './node/usageError';

const USAGE = `npm run export -- CHECKPOINT|PROJECT.zip --out FOLDER [--dataset SAMPLE|FOLDER|ZIP] [--folders CORRECTIONS]
Writes the encoder of a checkpoint, or of the one in a project file, for other tools: encoder.safetensors (PyTorch, torchvision's names),
encoder.onnx, and for transformers.js the same file as onnx/model.onnx with config.json and preprocessor_config.json; with the ImageNet stem also
model.safetensors, which makes the folder a ResNetModel of transformers in Python. With --dataset also the embeddings of these images:
embeddings.parquet, embeddings.npy and embeddings.csv, in the same order.
A checkpoint that the page or npm run experiment -- --checkpoint wrote holds BN's statistics. For an earlier one they are measured on the
images of the run: those of a sample are loaded; a person's own are named with --dataset, and with --folders where the run had corrections.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      dataset: { type: 'string' },
      folders: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [file, another] = positionals;
  const { out, dataset, folders } = values;
  if (file === undefined || another !== undefined) throw new UsageError('Name one checkpoint or project file.');
  if (out === undefined) throw new UsageError('Name a folder with --out.');
  await exportTo({ file, out, dataset, folders });
}

await runCommand(main, USAGE);
