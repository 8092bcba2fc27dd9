import { Button, Loader } from '@mantine/core';
import { IconPhotoSearch } from '@tabler/icons-react';
import { type ChangeEvent, type DragEvent, useEffect, useRef, useState } from 'react';
import { useExploring, useLab } from '../../lab';
import classes from './ChosenPanel.module.css';

/** The first picture among files; undefined where there is none. */
function pictureIn(files: Iterable<File> | undefined): File | undefined {
  return [...(files ?? [])].find(({ type, name }) => type.startsWith('image/') || /\.(heic|heif|tiff?)$/i.test(name));
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
}

/** Where a picture is dropped, pasted or picked, whose nearest images are then listed. */
export function SearchField() {
  const { exploring } = useLab();
  const isSearching = useExploring((state) => state.isSearching);
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const search = (picture: File | undefined) => {
    if (picture !== undefined) void exploring.search(picture, `Nearest to ${picture.name || 'the pasted picture'}`);
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const picture = pictureIn(event.clipboardData?.files);
      if (picture === undefined || isTypedInto(event.target)) return;
      event.preventDefault();
      void exploring.search(picture, `Nearest to ${picture.name || 'the pasted picture'}`);
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, [exploring]);
  const pick = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    search(pictureIn(currentTarget.files ?? []));
    // The same file can be picked again.
    currentTarget.value = '';
  };
  // What is taken here is not loaded as a data set, which the rest of the page does with files.
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const picture = pictureIn(event.dataTransfer.files);
    if (picture === undefined) return;
    event.preventDefault();
    search(picture);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      className={classes.search}
      data-over={isOver || undefined}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={isSearching ? <Loader size={14} /> : <IconPhotoSearch size={16} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        Search with a picture
      </Button>
      <span>or drop or paste it here</span>
      <input
        ref={input}
        className={classes.file}
        type="file"
        accept="image/*,.heic,.heif,.tif,.tiff"
        aria-label="Picture to search with"
        tabIndex={-1}
        onChange={pick}
      />
    </div>
  );
}
