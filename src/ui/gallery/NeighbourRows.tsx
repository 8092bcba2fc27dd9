import { useRun } from '../lab';
import type { Space } from './NeighbourControls';
import { QueryRow } from './QueryRow';
import { useQueryChoice } from './useQueryChoice';
import { useRovingFocus } from './useRovingFocus';

interface NeighbourRowsProps {
  readonly space: Space;
  readonly className: string | undefined;
  /** Whether the names of the images are shown. */
  readonly isNamed?: boolean;
}

/** The query images with their nearest neighbours, as one stop of the Tab key. */
export function NeighbourRows({ space, className, isNamed = false }: NeighbourRowsProps) {
  const snapshot = useRun((run) => run.neighbours);
  const queries = useRun((run) => run.queries);
  const choose = useQueryChoice();
  const roving = useRovingFocus<HTMLDivElement>();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it moves the focus among the buttons inside
    <div
      ref={roving.ref}
      onKeyDown={roving.onKeyDown}
      className={className}
      data-testid="neighbours"
      data-step={snapshot?.step}
      data-searched={snapshot?.searched}
    >
      {queries.map((query, i) => (
        <QueryRow
          key={query}
          query={query}
          neighbours={snapshot?.[space].find((row) => row.query === query)?.neighbours ?? null}
          onChoose={(index) => choose(i, index)}
          isNamed={isNamed}
        />
      ))}
    </div>
  );
}
