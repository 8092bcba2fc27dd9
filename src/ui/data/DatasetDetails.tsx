import { Anchor, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { SAMPLES } from '../../data/sample/catalogue';
import type { SampleId } from '../../domain/imageDataset';
import { useDataset } from '../lab';
import { Section } from '../layout/Section';
import { grouped } from '../numbers';
import classes from './DataPanel.module.css';
import { ClassesOfWhole } from './DerivedNote';
import { FolderRoles } from './FolderRoles';
import { FoundClasses } from './FoundClasses';

/** What the data set in use consists of: its classes and splits, what its folders were taken for, and a sample's licence. */
export function DatasetDetails() {
  const info = useDataset((data) => data.info);
  if (info === null) return null;
  const classCount = info.labels === null ? null : info.classNames.length;
  return (
    <Section title="Classes" note={classCount === null ? 'none' : grouped(classCount)}>
      <div className={classes.facts}>
        {classCount === null &&
          'kNN accuracy needs classes: put the images into one folder for each class. Everything else works without.'}
        <FoundClasses />
        {info.derivation?.classes !== undefined && <ClassesOfWhole />}
        {/* Folders are those of all images. */}
        {info.derivation === undefined && <FolderRoles />}
        <div>
          Short sides up to {info.size} px
          {info.source.kind === 'sample' && <License id={info.source.id} />}
        </div>
      </div>
    </Section>
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
