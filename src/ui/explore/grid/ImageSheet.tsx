import { Button, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Thumbnail, useImageName } from '../../images/Thumbnail';
import { useDataset, useExploring, useLab } from '../../lab';
import { inWords } from '../../numbers';
import { splitOf } from '../lists/csvRows';
import { baseName } from '../words';
import classes from './ImageSheet.module.css';

const SPLIT_WORDS: Readonly<Record<string, string>> = {
  train: 'for training',
  test: 'for testing',
  bank: 'votes in kNN',
};

interface ImageSheetProps {
  /** null where none is open. */
  readonly image: number | null;
  onClose(): void;
}

/** An image enlarged, with what is known of it and what can be done with it. */
export function ImageSheet({ image, onClose }: ImageSheetProps) {
  const name = useImageName(image ?? -1);
  return (
    <Modal
      opened={image !== null}
      onClose={onClose}
      title={image === null ? '' : baseName(name)}
      centered
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close the image' }}
    >
      {image !== null && <Sheet image={image} onClose={onClose} />}
    </Modal>
  );
}

function Sheet({ image, onClose }: { readonly image: number; onClose(): void }) {
  const lab = useLab();
  const { exploring } = lab;
  const info = useDataset((data) => data.info);
  const clusters = useExploring((state) => state.clusters);
  const isChosen = useExploring((state) => state.chosen.has(image));
  const isExplored = useExploring((state) => state.exploration !== null);
  const original = useOriginal(image);
  if (info === null) return null;
  const label = info.labels?.[image] ?? -1;
  const cluster = clusters?.labels[image] ?? -1;
  const similar = () => {
    exploring.show('map');
    // The sheet is also opened beside the run.
    lab.placeStore.setState({ place: 'explore' });
    void exploring.search(image, `Nearest to ${baseName(info.names[image])}`);
    onClose();
  };
  return (
    <>
      {original instanceof Blob ? <Original file={original} image={image} /> : <Thumbnail index={image} />}
      <dl className={classes.facts}>
        <dt>Path</dt>
        <dd>{info.names[image]}</dd>
        {label >= 0 && (
          <>
            <dt>Class</dt>
            <dd>{info.classNames[label]}</dd>
          </>
        )}
        <dt>Use</dt>
        <dd>{SPLIT_WORDS[splitOf(info, image)]}</dd>
        {clusters !== null && (
          <>
            <dt>Cluster</dt>
            <dd>
              {cluster < 0 ? 'none' : cluster + 1} · outlier score {inWords(clusters.outlierScores[image] ?? 0, 2)}
            </dd>
          </>
        )}
        <dt>Shown</dt>
        <dd>
          {original instanceof Blob ? 'the original file' : 'as it is kept for training'}
          {typeof original === 'string' && `; ${original}`}
        </dd>
      </dl>
      <div className={classes.actions}>
        <Button
          size="xs"
          disabled={!isExplored}
          title={isExplored ? undefined : 'Explore the images first, so that there is something to search.'}
          onClick={similar}
        >
          Find similar
        </Button>
        <Button size="xs" variant="default" onClick={() => exploring.toggle(image)}>
          {isChosen ? 'Take out of the chosen' : 'Add to the chosen'}
        </Button>
      </div>
    </>
  );
}

/** The file of an image, where the browser still has it, or in words why not; null meanwhile, and elsewhere. */
function useOriginal(image: number): Blob | string | null {
  const lab = useLab();
  const [found, setFound] = useState<{ readonly image: number; readonly file: Blob | string } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void lab.originalOf(image).then((file) => {
      if (isCurrent && file !== null) setFound({ image, file });
    });
    return () => {
      isCurrent = false;
    };
  }, [lab, image]);
  return found?.image === image ? found.file : null;
}

/** The file itself; where the browser does not show its format, the image as it is kept. */
function Original({ file, image }: { readonly file: Blob; readonly image: number }) {
  const name = useImageName(image);
  const [url, setUrl] = useState<string | null>(null);
  const [isShown, setShown] = useState(true);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!isShown || url === null) return <Thumbnail index={image} />;
  return <img className={classes.original} src={url} alt={name} onError={() => setShown(false)} />;
}
