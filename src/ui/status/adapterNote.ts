import type { EngineInfo } from '../../domain/engineInfo';
import type { PresetName } from '../../domain/runConfig';

/** What is said of an engine that is not WebGPU on a GPU, with the reasons; null for WebGPU on a GPU. */
export function adapterNote(adapter: EngineInfo, preset: PresetName): string | null {
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
  const text = sentences.filter((part) => part !== null).join(' ');
  return text === '' ? null : text;
}

function engineSentence({ engine, isSoftware, threads }: EngineInfo): string | null {
  if (engine === 'wasm') {
    const share = threads === 1 ? 'one thread' : `${threads} threads`;
    return `Training runs on the processor, with WebAssembly on ${share}: much slower than on a GPU.`;
  }
  if (isSoftware) {
    return 'No GPU was found: a software adapter is used, about a hundred times slower than a GPU. The engine “WASM” may be faster.';
  }
  return engine === 'webgl' ? 'Training runs on WebGL, which is slower than WebGPU.' : null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
