import { Text } from '@mantine/core';
import type { EngineInfo } from '../../domain/engineInfo';
import type { PresetName } from '../../domain/runConfig';
import { useEngine, useRun } from '../lab';
import classes from './Status.module.css';

/** Says so where the engine is not the fast one, a GPU through WebGPU, and why. */
export function AdapterNote() {
  const adapter = useEngine((engine) => engine.adapter);
  const preset = useRun((run) => run.config.preset);
  if (adapter === null) return null;
  const text = adapterNote(adapter, preset);
  if (text === null) return null;
  return (
    <Text size="sm" className={classes.note}>
      {text}
    </Text>
  );
}

/** What a person should know of an engine; null for a GPU through WebGPU. */
export function adapterNote(adapter: EngineInfo, preset: PresetName): string | null {
  const { fallbackReason } = adapter;
  const sentences = [engineSentence(adapter)];
  if (fallbackReason !== null) sentences.push(sentence(fallbackReason));
  if (adapter.isSoftware) {
    sentences.push(
      preset === 'tiny'
        ? 'The preset “tiny” was chosen for that: a network small enough to watch.'
        : 'The preset “tiny” is made for that.',
    );
  }
  const text = sentences.filter((part) => part !== null).join(' ');
  return text === '' ? null : text;
}

function engineSentence({ engine, isSoftware, threads }: EngineInfo): string | null {
  if (engine === 'wasm') {
    const share = threads === 1 ? 'one thread' : `${threads} threads`;
    return `Training runs on the processor, with WebAssembly on ${share}: slower than a GPU by far.`;
  }
  if (isSoftware) {
    return 'There is no GPU here: the processor stands in for one, some hundred times slower. The engine “WASM” may be faster.';
  }
  return engine === 'webgl' ? 'Training runs on WebGL, which is slower.' : null;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
