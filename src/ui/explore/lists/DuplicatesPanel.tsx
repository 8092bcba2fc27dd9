import { Button, Checkbox } from '@mantine/core';
import { IconDownload, IconPlayerPlay } from '@tabler/icons-react';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import type { Exploration } from '../../../domain/exploration';
import { type DatasetInfo, TRAIN } from '../../../domain/imageDataset';
import {
  alikeGroups,
  type DuplicateGroup,
  exactGroups,
  nearestSimilarities,
  nearGroups,
} from '../../../session/exploring/duplicates';
import { useExploring, useLab } from '../../lab';
import { grouped, inWords } from '../../numbers';
import { saveCsv } from '../../save/saveFile';
import { DeriveButton } from '../DeriveButton';
import { pairsCsv } from './csvRows';
import { ImageButton } from './ImageButton';
import classes from './Lists.module.css';
import { SimilarityHistogram } from './SimilarityHistogram';
import { VirtualList } from './VirtualList';

/** Of a group of many equal images so many are shown; the list has all of them. */
const MOST_SHOWN = 6;
const ROW_HEIGHT = 116;

/** What differs between near duplicates. */
const DIFFERENCES: Readonly<Record<NonNullable<DuplicateGroup['difference']>, string>> = {
  same: 'resized, recompressed or brightened',
  mirrored: 'mirrored',
  banded: 'with a band at its top or bottom',
};

interface DuplicatesPanelProps {
  readonly info: DatasetInfo;
  readonly exploration: Exploration;
}

/** Images that are there twice, made anew, or alike, and what of them is to be kept. */
export function DuplicatesPanel({ info, exploration }: DuplicatesPanelProps) {
  const { exploring, deriving } = useLab();
  const leftOut = useExploring((state) => state.leftOut);
  const limits = useExploring((state) => state.limits) ?? { alike: 1, near: 1 };
  // The marks move at once; long lists follow.
  const from = useDeferredValue(limits.alike);
  const exact = useMemo(() => exactGroups(exploration, info), [exploration, info]);
  const near = useMemo(() => nearGroups(exploration), [exploration]);
  const alike = useMemo(() => alikeGroups(exploration, info, from), [exploration, info, from]);
  const values = useMemo(() => nearestSimilarities(exploration.graph), [exploration]);
  const save = () => {
    const isKept = (image: number) => !leftOut.has(image);
    const lists = [
      { kind: 'exact', groups: exact },
      { kind: 'near', groups: near },
      { kind: 'alike', groups: alike },
    ] as const;
    saveCsv('duplicates', pairsCsv({ info, clusters: null }, lists, isKept));
  };
  const ticked = () => Array.from({ length: info.count }, (_, i) => i).filter((image) => !leftOut.has(image));
  const leaks = [exact, near, alike].map((groups) => groups.filter(({ isLeak }) => isLeak).length);
  return (
    <section className={classes.panel} aria-label="Duplicates">
      <SimilarityHistogram values={values} limits={limits} onLimit={(next) => exploring.limitAlike(next)} />
      <div className={classes.columns}>
        <Column
          title="Exact"
          what="the same pixels"
          sure="Certain: every pixel was compared."
          groups={exact}
          leaks={leaks[0]}
          info={info}
          leftOut={leftOut}
          words={() => 'the same pixels'}
        />
        <Column
          title="Near"
          what="one picture, made anew"
          sure="Nearly certain: fingerprints that agree were confirmed on the pictures. Look at low scores yourself."
          groups={near}
          none={exploration.near === null ? <NotLooked /> : undefined}
          leaks={leaks[1]}
          info={info}
          leftOut={leftOut}
          words={({ score, difference }) =>
            `${inWords(score, 3)}${difference === null ? '' : ` · ${DIFFERENCES[difference]}`}`
          }
        />
        <Column
          title="Alike"
          what="kept unless you say so"
          sure="By the embedding alone, which may hold different pictures for the same: judge each pair by eye."
          groups={alike}
          leaks={leaks[2]}
          info={info}
          leftOut={leftOut}
          words={({ score }) => `cosine ${inWords(score, 3)}${score >= limits.near ? ' · very alike' : ''}`}
        />
      </div>
      <footer className={classes.foot}>
        <p aria-live="polite">
          <b>
            {grouped(leftOut.size)} of {grouped(info.count)} images
          </b>{' '}
          without a tick. <span>This page changes no file; take the list to where the files are.</span>
        </p>
        <Button size="compact-sm" variant="default" disabled={leftOut.size === 0} onClick={() => exploring.tickAll()}>
          Tick all again
        </Button>
        <DeriveButton
          isOff={leftOut.size === 0}
          icon={<IconPlayerPlay size={15} aria-hidden />}
          onClick={() => deriving.trainOn(ticked())}
        >
          Train without the unticked
        </DeriveButton>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          disabled={exact.length + near.length + alike.length === 0}
          onClick={save}
        >
          List as CSV
        </Button>
      </footer>
    </section>
  );
}

interface ColumnProps {
  readonly title: string;
  readonly what: string;
  /** How sure the list is. */
  readonly sure: string;
  readonly groups: readonly DuplicateGroup[];
  /** In place of an empty list, where it is not known to be empty. */
  readonly none?: ReactNode;
  readonly leaks: number | undefined;
  readonly info: DatasetInfo;
  readonly leftOut: ReadonlySet<number>;
  words(group: DuplicateGroup): string;
}

function Column({ title, what, sure, groups, none, leaks = 0, info, leftOut, words }: ColumnProps) {
  return (
    <section className={classes.column} aria-label={`${title} duplicates`}>
      <h2 className={classes.title}>
        {title}{' '}
        <span className={classes.number}>
          {groups.length === 0 && none !== undefined ? '' : grouped(groups.length)}
        </span>{' '}
        <span className={classes.what}>{what}</span>
      </h2>
      <p className={classes.sure}>
        {sure}
        {leaks > 0 && ` ${grouped(leaks)} between training and test images, first.`}
      </p>
      {groups.length === 0 ? (
        <p className={classes.none}>{none ?? 'None was found.'}</p>
      ) : (
        <VirtualList label={`${title} duplicates`} count={groups.length} rowHeight={ROW_HEIGHT}>
          {(row) => <Group group={groups[row]} info={info} leftOut={leftOut} words={words} />}
        </VirtualList>
      )}
    </section>
  );
}

/** In place of near duplicates, as long as they are not known. */
function NotLooked() {
  const task = useExploring((state) => state.task);
  return task === null
    ? 'They were not looked for to the end. Explore the images again.'
    : 'They are looked for after the map …';
}

interface GroupProps extends Pick<ColumnProps, 'info' | 'leftOut' | 'words'> {
  readonly group: DuplicateGroup | undefined;
}

function Group({ group, info, leftOut, words }: GroupProps) {
  const { exploring } = useLab();
  if (group === undefined) return null;
  const shown = group.images.slice(0, MOST_SHOWN);
  const hidden = group.images.length - shown.length;
  return (
    <div className={classes.group}>
      <div className={classes.pictures}>
        {shown.slice(0, 2).map((image) => (
          <ImageButton key={image} image={image} />
        ))}
      </div>
      <div className={classes.files}>
        {shown.map((image) => (
          <Checkbox
            key={image}
            size="xs"
            classNames={{ label: classes.file }}
            checked={!leftOut.has(image)}
            onChange={() => exploring.tick(image)}
            label={info.names[image]}
            description={group.isLeak ? (info.split[image] === TRAIN ? 'for training' : 'for testing') : undefined}
          />
        ))}
        {hidden > 0 && <span className={classes.what}>and {grouped(hidden)} more, in the list</span>}
        <span className={classes.score}>
          {words(group)}
          {group.isLeak && <b> · train and test</b>}
        </span>
      </div>
    </div>
  );
}
