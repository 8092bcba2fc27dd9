import { Anchor, Collapse, NativeSelect } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type CSSProperties, useState } from 'react';
import { counted } from '../../domain/counted';
import { FOLDER_ROLES, type FolderCorrections, type FolderRole } from '../../domain/folderCorrections';
import type { PlannedFolder } from '../../domain/folderPlan';
import { useDataset, useLab, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './FoundClasses.module.css';

/** Folders listed at first, and added each time that more are asked for. */
const LISTED = 100;
const MOST_DEPTH = 4;

const WORDS: Readonly<Record<FolderRole, string>> = {
  class: 'class',
  train: 'training',
  test: 'test',
  out: 'left out',
  use: 'used',
};

/** The folders of a person's own images, each with what it was taken for, to be corrected. */
export function FolderRoles() {
  const plan = useDataset((data) => data.plan);
  const correcting = useDataset((data) => data.correcting);
  const rule = useRun((run) => run.config.labelRule);
  const [opened, { toggle }] = useDisclosure(false);
  const [listed, setListed] = useState(LISTED);
  if (plan === null || rule === 'first') return null;
  const corrections = correcting ?? plan.corrections;
  // Of a single folder only its masks can be corrected.
  if (plan.folders.length < 2 && plan.masks === 0 && corrections.length === 0) return null;
  const count = corrections.length === 0 ? '' : ` (${grouped(corrections.length)} corrected)`;
  return (
    <>
      <Anchor component="button" type="button" size="sm" aria-expanded={opened} onClick={toggle}>
        {opened ? 'Hide the folders' : `Correct what folders are${count}`}
      </Anchor>
      <Collapse expanded={opened}>
        {opened && (
          <ul className={classes.folders} aria-label="Folders">
            {plan.folders.slice(0, listed).map((folder, position) => (
              <FolderRow key={folder.path} folder={folder} position={position} corrections={corrections} />
            ))}
          </ul>
        )}
        {plan.folders.length > listed && (
          <Anchor component="button" type="button" size="sm" onClick={() => setListed(listed + LISTED)}>
            Show {grouped(Math.min(LISTED, plan.folders.length - listed))} more of {grouped(plan.folders.length)}{' '}
            folders
          </Anchor>
        )}
      </Collapse>
    </>
  );
}

interface RowProps {
  readonly folder: PlannedFolder;
  readonly position: number;
  readonly corrections: FolderCorrections;
}

function FolderRow({ folder, position, corrections }: RowProps) {
  const lab = useLab();
  const { path, images, role } = folder;
  const corrected = corrections.find((correction) => correction.position === position)?.role ?? null;
  const names = path.split('/');
  const depth = path === '' ? 0 : Math.min(MOST_DEPTH, names.length);
  const shown = path === '' ? 'the folder itself' : names.at(-1);
  const found = role === null || corrected !== null ? 'as found' : `found: ${WORDS[role]}`;
  const choose = (value: string) => {
    const chosen = FOLDER_ROLES.find((name) => name === value) ?? null;
    void lab.correctFolder(position, chosen);
  };
  return (
    <li className={classes.folder}>
      <div className={classes.path} style={{ '--depth': depth } as CSSProperties} title={path}>
        {shown}
        <small>{counted(images, 'image')}</small>
      </div>
      <NativeSelect
        size="xs"
        rightSectionWidth={22}
        aria-label={`What “${path === '' ? 'the folder itself' : path}” is`}
        value={corrected ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[{ value: '', label: found }, ...FOLDER_ROLES.map((name) => ({ value: name, label: WORDS[name] }))]}
      />
    </li>
  );
}
