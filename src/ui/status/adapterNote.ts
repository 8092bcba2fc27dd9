import type { EngineInfo } from '../../domain/engineInfo';
import type { PresetName } from '../../domain/runConfig';

/** What runs, and why. */
export function adapterNote(adapter: EngineInfo, preset: PresetName): string {
  const { oneThreadReason, fallbackReason } = adapter;
  const sentences = [engineSentence(adapter)];
  if (oneThreadReason !== null) sentences.push(sentence(oneThreadReason));
  if (fallbackReason !== null) sentences.push(sentence(fallbackReason));
  if (adapter.isSoftware) {
    sentences.push(
      preset === 'tiny'
        ? 'The preset “tiny” was chosen for this reason: its network is small enough to train here.'
        : 'The preset “tiny” is meant for this case.',
    );
  }
  return sentences.join(' ');
}

function engineSentence({ engine, isSoftware, threads, fallbackReason }: EngineInfo): string {
  if (engine === 'wasm') {
    const share = threads === 1 ? 'one thread' : `${threads} threads`;
    return `Training runs on the processor, with WebAssembly on ${share}: much slower than on a GPU.`;
  }
  if (isSoftware) {
    const used = 'No GPU was found: a software adapter is used, about a hundred times slower than a GPU.';
    return fallbackReason === null ? `${used} The engine “WASM” may be faster.` : used;
  }
  return engine === 'webgl'
    ? 'Training runs on WebGL, which is slower than WebGPU.'
    : 'Training runs on the GPU, through WebGPU, the fastest of the engines.';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
