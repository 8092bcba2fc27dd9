import { Text } from '@mantine/core';
import { IconPhotoDown } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { FilesOrigin } from '../../session/data/datasetLoading';
import { originOfDrop } from '../../session/data/origins';
import { onlyFileOf } from '../../session/opening/recogniseFile';
import { useLab } from '../lab';
import classes from './DropCatcher.module.css';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Loads files that are dropped on the page, except where a part of it takes them, and keeps the browser from opening them instead. */
export function DropCatcher({ children }: { readonly children: ReactNode }) {
  const lab = useLab();
  const [over, setOver] = useState(false);
  useEffect(() => catchDrops(setOver, (origin, only) => void lab.take(origin, only)), [lab]);
  return (
    <>
      {children}
      {over && (
        <div className={classes.overlay} aria-hidden>
          <div className={classes.frame}>
            <IconPhotoDown size={40} stroke={1.4} />
            <Text fw={650}>Drop images, a folder, a .zip or a run</Text>
            <Text size="sm">They stay on this computer.</Text>
          </div>
        </div>
      )}
    </>
  );
}

function catchDrops(
  setOver: (over: boolean) => void,
  take: (origin: FilesOrigin, only: File | null) => void,
): () => void {
  // Every element that is crossed fires enter and leave; files are over the page while more elements were entered than left.
  let depth = 0;
  const move = (by: number) => {
    depth = Math.max(0, depth + by);
    setOver(depth > 0);
  };
  const listeners = {
    dragenter: (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      move(1);
    },
    dragover: (event: DragEvent) => {
      // A part of the page that takes files itself has said so already.
      const isTaken = event.defaultPrevented;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = carriesFiles(event) ? 'copy' : 'none';
      setOver(carriesFiles(event) && !isTaken);
    },
    dragleave: (event: DragEvent) => {
      if (carriesFiles(event)) move(-1);
    },
    drop: (event: DragEvent) => {
      const isTaken = event.defaultPrevented;
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (isTaken) return;
      if (event.dataTransfer === null || !carriesFiles(event)) return;
      take(originOfDrop(event.dataTransfer), onlyFileOf(event.dataTransfer));
    },
  };
  const entries = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
  for (const [name, listener] of entries) window.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of entries) window.removeEventListener(name, listener);
  };
}
