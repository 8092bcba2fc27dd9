import { Anchor } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { datasetCounts } from '../../data/describeDataset';
import { useDataset } from '../lab';
import { grouped } from '../numbers';
import classes from './FoundClasses.module.css';

/** Classes shown at first, and at most: a data set may have tens of thousands. */
const FIRST = 6;
const LISTED = 500;

/** The classes and splits of the data set in use, with the number of images in each, and what a person should know about them. */
export function FoundClasses() {
  const info = useDataset((data) => data.info);
  const plan = useDataset((data) => data.plan);
  const ofDerived = useDataset((data) => data.derivationNotes);
  const [areAll, { toggle }] = useDisclosure(false);
  const counts = useMemo(() => (info === null ? null : datasetCounts(info)), [info]);
  if (counts === null) return null;
  const { unlabelled, splits } = counts;
  // What is said of the whole need not hold for images that are derived from it.
  const notes = info?.derivation === undefined ? (plan?.notes ?? []) : ofDerived;
  const many = counts.classes.length > FIRST + 1;
  const shown = many && !areAll ? counts.classes.slice(0, FIRST) : counts.classes.slice(0, LISTED);
  const labelled = (side: 'train' | 'test') => counts.classes.reduce((sum, found) => sum + found[side], 0);
  const without = [splits.train - labelled('train'), splits.test - labelled('test')];
  return (
    <>
      <div
        className={classes.scroll}
        data-testid="dataset-classes"
        {...(many && areAll ? { role: 'region', 'aria-label': 'All classes', tabIndex: 0 } : {})}
      >
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{counts.classes.length === 0 ? 'Images' : 'Class'}</th>
              <th scope="col">train</th>
              <th scope="col">test</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, train, test }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{grouped(train)}</td>
                <td>{grouped(test)}</td>
              </tr>
            ))}
            {unlabelled > 0 && (
              <tr className={classes.without}>
                <th scope="row">without a class</th>
                {without.map((count, i) => (
                  // The two columns never change places.
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  <td key={i}>{grouped(count)}</td>
                ))}
              </tr>
            )}
          </tbody>
          {counts.classes.length > 0 && (
            <tfoot>
              <tr>
                <th scope="row">all</th>
                <td>{grouped(splits.train)}</td>
                <td>{grouped(splits.test)}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {many && (
        <div>
          <Anchor component="button" type="button" size="sm" aria-expanded={areAll} onClick={toggle}>
            {areAll ? 'Show fewer classes' : `Show all ${grouped(counts.classes.length)} classes`}
          </Anchor>
        </div>
      )}
      {areAll && counts.classes.length > LISTED && <div>The first {grouped(LISTED)} classes are listed.</div>}
      {notes.length > 0 && (
        <ul className={classes.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}
