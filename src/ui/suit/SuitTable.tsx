import { VisuallyHidden } from '@mantine/core';
import type { SuitEntry, SuitTable as Table } from '../../domain/suiting/suitTable';
import { rankingOf } from '../../domain/suiting/verdict';
import { candidateInWords } from '../../domain/suiting/words';
import { grouped, NOT_YET } from '../numbers';
import classes from './Suit.module.css';
import { measureInWords, outcomeInWords } from './words';

/** The evidence of a search: each candidate with its figure in each round. Once it has ended, the best come first. */
export function SuitTable({ table, chosen }: { readonly table: Table; readonly chosen: number | null }) {
  const { rounds, entries, ending } = table;
  const order = ending === null ? entries.map((_, entry) => entry) : bestFirst(table);
  return (
    <figure className={classes.evidence}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable by keyboard */}
      <section className={classes.scroll} aria-label="Candidates" tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Settings</th>
              {rounds.map(({ candidates, images }, round) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a round is its place
                <th key={round} scope="col">
                  Round {round + 1}
                  <span className={classes.round}>
                    {candidates} × {grouped(images)} images
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.map((entry) => (
              <Row key={entry} table={table} entry={entry} isChosen={entry === chosen} />
            ))}
          </tbody>
        </table>
      </section>
      <figcaption className={classes.caption}>{measureInWords(table)}</figcaption>
    </figure>
  );
}

/** Those that came furthest first; in a round, the best first. */
function bestFirst({ rounds, entries }: Table): number[] {
  const ranked = rounds.flatMap((_, round) => rankingOf(entries, rounds.length - 1 - round));
  return [...new Set([...ranked, ...entries.keys()])];
}

interface RowProps {
  readonly table: Table;
  readonly entry: number;
  readonly isChosen: boolean;
}

function Row({ table, entry, isChosen }: RowProps) {
  const { rounds, entries } = table;
  const { config, outcomes, outAfter } = entries[entry];
  return (
    <tr data-chosen={isChosen || undefined} data-out={outAfter !== null || undefined}>
      <th scope="row">
        {entry === 0 && <span className={classes.own}>Yours: </span>}
        {candidateInWords(config)}
        {outAfter !== null && <span className={classes.out}>out after round {outAfter + 1}</span>}
      </th>
      {rounds.map((_, round) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a round is its place
        <td key={round}>
          <Cell table={table} entry={entry} round={round} outcomes={outcomes} />
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  readonly table: Table;
  readonly entry: number;
  readonly round: number;
  readonly outcomes: SuitEntry['outcomes'];
}

function Cell({ table: { task }, entry, round, outcomes }: CellProps) {
  const outcome = outcomes[round] ?? null;
  if (outcome !== null) return <>{outcomeInWords(outcome)}</>;
  if (task?.kind === 'run' && task.round === round && task.entry === entry) {
    return <span className={classes.present}>{Math.round(100 * task.share)} % trained</span>;
  }
  return (
    <>
      <span aria-hidden>{NOT_YET}</span>
      <VisuallyHidden>not trained</VisuallyHidden>
    </>
  );
}
