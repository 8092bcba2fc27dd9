import { Button, FileButton, List, Modal, NativeSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { OpenedEncoderInfo } from '../../../session/opening/openingStore';
import { useDataset, useEngine, useLab, useOpening } from '../../lab';
import classes from './OpenedWeights.module.css';

/** What the file of weights is that was opened, how its images are prepared, and a run that begins from it. */
export function OpenedWeights() {
  const opened = useOpening((state) => state.openedEncoder);
  const [isShown, { open, close }] = useDisclosure(false);
  if (opened === null || opened.keptId !== null) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        Weights
      </Button>
      <Modal opened={isShown} onClose={close} title={opened.name} size="lg">
        <About opened={opened} onBegun={close} />
      </Modal>
    </>
  );
}

interface AboutProps {
  readonly opened: OpenedEncoderInfo;
  readonly onBegun: () => void;
}

function About({ opened, onBegun }: AboutProps) {
  const { opening } = useLab();
  const { backbone, featureDim, imageSize, notes, isNormalisationStated } = opened;
  const isBeginning = useOpening((state) => state.isBeginning);
  const problem = useOpening((state) => state.problem);
  const hasImages = useDataset((data) => data.info !== null);
  const isReady = useEngine((engine) => engine.state === 'ready');
  const begin = async () => {
    await opening.beginFromOpened();
    if (opening.store.getState().problem === null) onBegun();
  };
  return (
    <div className={classes.about}>
      <Text size="sm">
        {backbone}, {featureDim} features, images of {imageSize} px.
      </Text>
      {notes.length > 0 && (
        <List size="sm" className={classes.notes}>
          {notes.map((note) => (
            <List.Item key={note}>{note}</List.Item>
          ))}
        </List>
      )}
      {!isNormalisationStated && <Preparation />}
      {problem !== null && (
        <Text size="sm" role="alert" className={classes.problem}>
          {problem}
        </Text>
      )}
      <Button
        className={classes.begin}
        loading={isBeginning}
        disabled={!isReady || !hasImages}
        onClick={() => void begin()}
      >
        Train from here
      </Button>
      <Text size="sm" c="dimmed">
        Begins a run with these weights, new heads and the present settings. To fine-tune, a tenth of the usual learning
        rate is a good start; the settings also have the backbone’s share of it, frozen stages and frozen BN. A run that
        was reset begins with random weights.
      </Text>
      <Text size="sm" c="dimmed">
        Such weights are published with torchvision, with timm and on Hugging Face. Before you use them, look up the
        licence of the weights and the terms of the images that they were trained on: both can exclude commercial use.
      </Text>
    </div>
  );
}

const WAYS = ['imagenet', 'none'] as const;
const WORDS = {
  imagenet: 'means and deviations of ImageNet',
  none: 'nothing: values from 0 to 1',
} as const;

/** Asks what images are normalised with, where the file does not say. */
function Preparation() {
  const { opening } = useLab();
  return (
    <div className={classes.preparation}>
      <NativeSelect
        size="sm"
        label="Images are normalised with"
        description="The file does not say. With other values than it was trained with, its features are worse."
        defaultValue=""
        data={[
          { value: '', label: `${WORDS.imagenet} (assumed)`, disabled: true },
          ...WAYS.map((value) => ({ value, label: WORDS[value] })),
        ]}
        onChange={({ currentTarget }) => {
          const kind = WAYS.find((way) => way === currentTarget.value);
          if (kind !== undefined) void opening.prepareOpened({ kind });
        }}
      />
      <FileButton
        accept="application/json,.json"
        onChange={async (file) => {
          if (file !== null) await opening.prepareOpened({ kind: 'file', name: file.name, text: await file.text() });
        }}
      >
        {(props) => (
          <Button size="sm" variant="default" {...props}>
            From preprocessor_config.json …
          </Button>
        )}
      </FileButton>
    </div>
  );
}
