import { Button, NativeSelect } from '@mantine/core';
import { IconFolder, IconPhoto } from '@tabler/icons-react';
import { type ChangeEvent, useRef } from 'react';
import { SAMPLES } from '../../data/sample/catalogue';
import { SAMPLE_IDS } from '../../domain/imageDataset';
import { keptInUse } from '../../session/data/keptImagesStore';
import { originOfFiles } from '../../session/data/origins';
import { useDataset, useKeptImages, useLab, useRun } from '../lab';
import { Section } from '../layout/Section';
import classes from './DataPanel.module.css';
import { DatasetFacts } from './DatasetFacts';
import { KeepQuestion } from './KeepQuestion';
import { KeptLine } from './KeptLine';
import { LoadStatus } from './LoadStatus';
import { OpeningStatus } from './OpeningStatus';

const FILE_TYPES = 'image/*,.zip,application/zip,.safetensors';

/** Before the fingerprint of kept images, among the values of the select. */
const KEPT = 'kept:';

/** The choice of training images: a sample, or one's own. */
export function DataPanel() {
  const lab = useLab();
  const choice = useRun((run) => run.config.dataset);
  const folderName = useDataset(
    ({ info, wanted }) => wanted?.name ?? (info?.source.kind === 'folder' ? info.name : null),
  );
  const kept = useKeptImages((state) => state.folders);
  const own = useKeptImages((state) => state.own?.fingerprint);
  const isAsked = useKeptImages((state) => state.choice === null && state.own !== null && keptInUse(state) === null);
  const folderInput = useRef<HTMLInputElement>(null);
  const filesInput = useRef<HTMLInputElement>(null);

  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.currentTarget.files ?? [])];
    // Without this, choosing the same folder again would not be reported as a change.
    event.currentTarget.value = '';
    const [first] = files;
    if (first === undefined) return;
    const isAlone = files.length === 1 && first.webkitRelativePath === '';
    void lab.take(originOfFiles(files), isAlone ? first : null);
  };

  const choose = (value: string) => {
    if (value.startsWith(KEPT)) return void lab.openKept(value.slice(KEPT.length));
    const sample = SAMPLE_IDS.find((id) => id === value);
    if (sample === undefined) folderInput.current?.click();
    else lab.chooseSample(sample);
  };

  return (
    <Section title="Images" part="images">
      <NativeSelect
        data-part="dataset"
        label="Data set"
        value={choice}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          ...SAMPLE_IDS.map((id) => ({ value: id, label: SAMPLES[id].title })),
          { value: 'folder', label: folderName === null ? 'Your images …' : `Your images: ${folderName}` },
          ...kept
            .filter(({ fingerprint }) => fingerprint !== own)
            .map(({ fingerprint, name }) => ({ value: KEPT + fingerprint, label: `Kept: ${name}` })),
        ]}
      />
      {/* Of fixed height, so that the settings below stay in place while images are loaded. */}
      <div className={classes.loaded}>
        <OpeningStatus />
        <LoadStatus />
        <DatasetFacts />
      </div>
      <div className={classes.drop}>
        {isAsked ? (
          <KeepQuestion />
        ) : (
          <>
            <KeptLine />
            <div className={classes.buttons}>
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<IconFolder size={15} aria-hidden />}
                onClick={() => folderInput.current?.click()}
              >
                Folder
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                leftSection={<IconPhoto size={15} aria-hidden />}
                onClick={() => filesInput.current?.click()}
              >
                Files, .zip
              </Button>
            </div>
          </>
        )}
        <input
          ref={folderInput}
          className={classes.input}
          type="file"
          aria-label="Image folder"
          tabIndex={-1}
          multiple
          onChange={take}
          {...{ webkitdirectory: '' }}
        />
        <input
          ref={filesInput}
          className={classes.input}
          type="file"
          aria-label="Image files or .zip"
          tabIndex={-1}
          multiple
          accept={FILE_TYPES}
          onChange={take}
        />
      </div>
    </Section>
  );
}
