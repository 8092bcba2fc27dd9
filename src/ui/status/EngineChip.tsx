import { useEngine } from '../lab';

export function EngineChip() {
  const adapter = useEngine((engine) => engine.adapter);
  return <span data-testid="adapter">{adapter?.description ?? 'starting …'}</span>;
}
