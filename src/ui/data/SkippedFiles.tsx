import { Anchor, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { SkippedFile } from '../../domain/imageDataset';
import { grouped } from '../numbers';
import classes from './DataPanel.module.css';

/** Maximum number of skipped files to list; a folder of documents may hold tens of thousands. */
const LISTED = 200;

/** The files that were skipped and why, behind a button; nothing where there are none. */
export function SkippedFiles({ files }: { readonly files: readonly SkippedFile[] }) {
  const [listed, { toggle }] = useDisclosure(false);
  if (files.length === 0) return null;
  return (
    <>
      {' '}
      <Anchor component="button" type="button" size="sm" aria-expanded={listed} onClick={toggle}>
        {listed ? 'hide them' : 'show which and why'}
      </Anchor>
      <Collapse expanded={listed}>
        <ul className={classes.skipped}>
          {files.slice(0, LISTED).map(({ path, reason }) => (
            <li key={path}>
              <b>{path}</b>: {reason}
            </li>
          ))}
          {files.length > LISTED && <li>and {grouped(files.length - LISTED)} more</li>}
        </ul>
      </Collapse>
    </>
  );
}
