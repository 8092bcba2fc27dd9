import { Anchor, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { SAMPLES } from '../../data/sample/catalogue';
import { type DatasetInfo, indicesOf, type SampleId, TRAIN } from '../../domain/imageDataset';
import { AHEAD_BYTES, CACHE_BYTES } from '../../domain/pictureMemory';
import { formatBytes } from '../../formats/bytes';
import { useDataset, useRun } from '../lab';
import { grouped } from '../numbers';
import classes from './DataPanel.module.css';
import { FolderRoles } from './FolderRoles';
import { FoundClasses } from './FoundClasses';
import { SkippedFiles } from './SkippedFiles';

/** The data set in use: number of images and classes, skipped files, licence. */
export function DatasetFacts() {
  const info = useDataset((data) => data.info);
  const skipped = useDataset((data) => data.skipped);
  // Under the message of a failed load the list would be taken for its reasons.
  const problem = useDataset((data) => data.problem);
  if (info === null) return null;
  return (
    <div className={classes.facts}>
      <div>
        <strong data-testid="dataset-size">{grouped(info.count)}</strong> images
        <GroupsAndSize info={info} />
      </div>
      <div>
        <span data-testid="dataset-skipped">{skipped.length}</span> skipped
        {problem === null && <SkippedFiles key={info.name} files={skipped} />}
        {info.source.kind === 'sample' && <License id={info.source.id} />}
      </div>
      <CompressedNote />
      <FoundClasses />
      <FolderRoles />
    </div>
  );
}

function GroupsAndSize({ info }: { readonly info: DatasetInfo }) {
  const test = useMemo(() => info.count - indicesOf(info, TRAIN).length, [info]);
  const groups = info.labels === null ? ' · no classes' : ` in ${info.classNames.length} classes`;
  const held = test === 0 ? '' : ` · ${grouped(test)} held out for kNN`;
  return (
    <>
      {groups} · short sides up to {info.size} px{held}
      {info.labels === null && (
        <Text size="xs" mt={4}>
          kNN accuracy needs classes: put the images into one folder for each class. Everything else works without
          classes.
        </Text>
      )}
    </>
  );
}

/** What the decoded pictures of images that are kept compressed take. */
function CompressedNote() {
  const isCompressed = useDataset((data) => data.isCompressed);
  const memory = useRun((run) => run.resources?.pictures ?? null);
  if (!isCompressed) return null;
  const most = formatBytes(memory?.most ?? CACHE_BYTES + AHEAD_BYTES);
  return (
    <div data-testid="dataset-compressed">
      Kept compressed and decoded during training: decoded images take up to {most} of memory
      {memory === null ? '' : `, ${formatBytes(memory.bytes)} now`}.
    </div>
  );
}

function License({ id }: { readonly id: SampleId }) {
  const [opened, { open, close }] = useDisclosure(false);
  const { title, license } = SAMPLES[id];
  return (
    <>
      {' · licence: '}
      <Anchor component="button" type="button" size="sm" onClick={open}>
        {license.name}
      </Anchor>
      <Modal opened={opened} onClose={close} title={`Licence of ${title}`} size="lg">
        <pre className={classes.license}>{license.text}</pre>
      </Modal>
    </>
  );
}
