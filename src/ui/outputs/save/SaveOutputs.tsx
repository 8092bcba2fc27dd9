import { ActionIcon, Button, Menu, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { FrameImages, Reading } from '../../../domain/outputFrame';
import { fileName, saveFile } from '../../save/saveFile';
import type { Moment } from '../moment';
import type { PictureSource } from '../paint/tiles';
import { defaultView } from '../sphere/defaultView';
import { pointsOf } from '../sphere/points';
import type { SphereView } from '../sphereView';
import { canFilm, filmOf } from './film';
import classes from './SaveOutputs.module.css';
import { pictureOf, stillTiles } from './savedPicture';
import { stillMoment } from './stillMoment';

interface SaveOutputsProps {
  readonly images: FrameImages;
  readonly reading: Reading;
  readonly pictures: PictureSource | null;
  /** The moment that the picture shows. */
  readonly moment: Moment;
  /** All moments of the run, for the film; read when it is made. */
  moments(): readonly Moment[];
  /** The run and its data set, e.g. “SimSiam · tiny · Fashion-MNIST”. */
  readonly caption: string;
  /** The view that is saved, from the side to which it is turned. */
  readonly view: RefObject<SphereView | null>;
  /** Receives what went wrong, as a sentence. */
  onProblem(words: string): void;
}

const TITLE = 'outputs';

/** Saves the picture of the outputs as PNG, and where the browser can encode it, the run as a film. */
export function SaveOutputs(props: SaveOutputsProps) {
  const { images, reading, pictures, moment, moments, caption, view, onProblem } = props;
  const [offersFilm, setOffersFilm] = useState(false);
  const [progress, setProgress] = useState<number | null>(null);
  const filming = useRef<AbortController | null>(null);
  useEffect(() => () => filming.current?.abort(), []);

  const reasonOf = (error: unknown) => (error instanceof Error ? error.message : 'The browser gave no reason.');
  const subject = () => {
    const points = pointsOf(moment.frame[reading]?.points ?? new Uint16Array(0));
    return { images, reading, caption, rotation: view.current?.rotation ?? defaultView(points) };
  };
  const savePicture = async () => {
    try {
      saveFile(fileName(TITLE, 'png'), await pictureOf(subject(), pictures, stillMoment(moment, reading)));
    } catch (error) {
      onProblem(`The picture of the outputs was not saved: ${reasonOf(error)}`);
    }
  };
  const saveFilm = async () => {
    const controller = new AbortController();
    filming.current = controller;
    setProgress(0);
    try {
      const tiles = await stillTiles(images, pictures, 1);
      const parts = moments().map((part) => stillMoment(part, reading));
      const film = await filmOf({ ...subject(), tiles }, parts, { onProgress: setProgress, signal: controller.signal });
      if (film !== null) saveFile(fileName(TITLE, 'mp4'), film);
    } catch (error) {
      onProblem(`The film of the outputs was not saved: ${reasonOf(error)} Save single pictures instead.`);
    } finally {
      filming.current = null;
      setProgress(null);
    }
  };

  if (progress !== null) {
    return (
      <div className={classes.progress}>
        <Progress value={100 * progress} className={classes.bar} aria-label="Film" />
        <Button size="compact-xs" variant="default" onClick={() => filming.current?.abort()}>
          Cancel the film
        </Button>
      </div>
    );
  }
  return (
    <Menu onOpen={() => void canFilm().then(setOffersFilm)}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Save the picture of the outputs">
          <IconDownload size={15} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void savePicture()}>Picture, PNG</Menu.Item>
        {offersFilm && <Menu.Item onClick={() => void saveFilm()}>Film of the run, MP4</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
