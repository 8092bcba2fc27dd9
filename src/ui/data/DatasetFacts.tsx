import { Anchor, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { SAMPLES } from '../../data/sample/catalogue';
import { type DatasetInfo, indicesOf, type SampleId, TRAIN } from '../../domain/imageDataset';
import { useDataset } from '../lab';
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
        <span data-testid="dataset-skipped">{grouped(skipped.length)}</span> skipped
        {problem === null && <SkippedFiles key={info.name} files={skipped} />}
        {info.source.kind === 'sample' && <License id={info.source.id} />}
      </div>
      <FoundClasses />
      <FolderRoles />
    </div>
  );
}

function GroupsAndSize({ info }: { readonly info: DatasetInfo }) {
  const test = useMemo(() => info.count - indicesOf(info, TRAIN).length, [info]);
  const groups = info.labels === null ? ' · no classes' : ` in ${grouped(info.classNames.length)} classes`;
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
