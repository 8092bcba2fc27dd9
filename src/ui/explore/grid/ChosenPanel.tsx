import { ActionIcon, Anchor, Button, TextInput } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconTags, IconX } from '@tabler/icons-react';
import { type FormEvent, useMemo, useState } from 'react';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { ClassesOfWhole } from '../../data/DerivedNote';
import { useExploring, useLab } from '../../lab';
import { grouped } from '../../numbers';
import { saveCsv } from '../../save/saveFile';
import { DeriveButton } from '../DeriveButton';
import { imagesCsv } from '../lists/csvRows';
import { useOpenImage } from '../openedImage';
import { shareOf } from '../words';
import classes from './ChosenPanel.module.css';
import { ImageGrid, similarityWords } from './ImageGrid';
import { QueryPicture } from './QueryPicture';
import { SearchField } from './SearchField';

/** All images as they are listed where nothing is chosen: those of a cluster together, those of none at the end. */
function byCluster(count: number, labels: Int32Array | null): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (labels === null) return all;
  const groups: number[][] = [];
  const rest: number[] = [];
  for (const image of all) {
    const label = labels[image] ?? -1;
    const group = label < 0 ? rest : groups[label];
    if (group === undefined) groups[label] = [image];
    else group.push(image);
  }
  return [...groups.flat(), ...rest];
}

/** The grid beside the map: the images that were chosen or found, or else all, and what can be done with them. */
export function ChosenPanel({ info }: { readonly info: DatasetInfo }) {
  const { exploring, deriving } = useLab();
  const listed = useExploring((state) => state.listed);
  const chosen = useExploring((state) => state.chosen);
  const clusters = useExploring((state) => state.clusters);
  const openImage = useOpenImage();
  const all = useMemo(() => byCluster(info.count, clusters?.labels ?? null), [info, clusters]);
  const images = listed?.images ?? all;
  const similarities = listed?.similarities ?? null;
  const save = () => {
    // As they are listed; then those that were chosen elsewhere.
    const isListed = new Set(images);
    const rows = [
      ...images.filter((image) => chosen.has(image)),
      ...[...chosen].filter((image) => !isListed.has(image)),
    ];
    saveCsv('chosen images', imagesCsv({ info, clusters }, rows));
  };
  return (
    <section className={classes.panel} aria-label="Chosen images">
      <SearchField />
      {listed?.query != null && <QueryPicture query={listed.query} />}
      <header className={classes.head}>
        <h2 className={classes.title} aria-live="polite">
          {chosen.size > 0 ? `${grouped(chosen.size)} chosen` : (listed?.title ?? `All ${grouped(info.count)} images`)}
        </h2>
        {(listed !== null || chosen.size > 0) && (
          <Anchor component="button" type="button" size="sm" onClick={() => exploring.clear()}>
            Clear
          </Anchor>
        )}
      </header>
      <p className={classes.facts}>
        {chosen.size > 0
          ? `${shareOf(chosen.size, info.count)}${listed === null ? '' : ` · ${listed.title}`}`
          : 'Choose images by the lasso, a click on the map or a name on it, or here by their ticks (Space).'}
      </p>
      <ImageGrid
        label={listed?.title ?? 'All images'}
        images={images}
        chosen={chosen}
        note={similarities === null ? null : (place) => similarityWords(similarities[place] ?? 0)}
        onOpen={openImage}
        onToggle={(image) => exploring.toggle(image)}
      />
      {similarities !== null && (
        <p className={classes.facts}>
          Cosines. They compare images with each other; how alike two pictures look, only your eye can say.
        </p>
      )}
      <div className={classes.actions}>
        <DeriveButton
          isOff={chosen.size === 0}
          icon={<IconPlayerPlay size={15} aria-hidden />}
          onClick={() => deriving.trainOn([...chosen])}
        >
          Train on these
        </DeriveButton>
        <Button
          size="compact-sm"
          variant="default"
          disabled={chosen.size === 0}
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={save}
        >
          Save list
        </Button>
        {listed !== null && chosen.size < listed.images.length && (
          <Button size="compact-sm" variant="default" onClick={() => exploring.chooseListed()}>
            Choose all {grouped(listed.images.length)}
          </Button>
        )}
      </div>
      {chosen.size > 0 && <NameField />}
      <KeptSelections info={info} />
    </section>
  );
}

/** Keeps the chosen images under a name. */
function NameField() {
  const { exploring } = useLab();
  const [name, setName] = useState('');
  const keep = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    exploring.keepAs(name.trim());
    setName('');
  };
  return (
    <form className={classes.naming} onSubmit={keep}>
      <TextInput
        size="xs"
        aria-label="Name of the selection"
        placeholder="Name, to keep it"
        value={name}
        maxLength={80}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit" disabled={name.trim() === ''}>
        Keep
      </Button>
    </form>
  );
}

/** The selections with a name, which are kept in this browser for these images, and their use as classes. */
function KeptSelections({ info }: { readonly info: DatasetInfo }) {
  const { exploring, deriving } = useLab();
  const kept = useExploring((state) => state.kept);
  if (kept.length === 0) return null;
  return (
    <section aria-label="Kept selections">
      <ul className={classes.kept}>
        {kept.map(({ name, images }) => (
          <li key={name}>
            <Anchor component="button" type="button" size="xs" onClick={() => exploring.choose(name, images)}>
              {name}
            </Anchor>
            <span>{grouped(images.length)}</span>
            <ActionIcon
              size="xs"
              variant="subtle"
              color="gray"
              aria-label={`Forget the selection ${name}`}
              onClick={() => exploring.forgetSelection(name)}
            >
              <IconX size={13} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <div className={classes.labelling}>
        <DeriveButton
          isOff={false}
          icon={<IconTags size={15} aria-hidden />}
          onClick={() => deriving.makeClasses(kept)}
        >
          Use as labels
        </DeriveButton>
        {info.derivation?.classes !== undefined && <ClassesOfWhole />}
      </div>
    </section>
  );
}
