import { Checkbox, NativeSelect } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { formatBytes } from '../../formats/bytes';
import { embeddingBytes, sizesOf } from '../../session/taking/sizes';
import type { MadeFile } from '../../session/taking/taking';
import { FILE_NAMES, type WantedFile } from '../../session/taking/wantedFile';
import { whyNot } from '../../session/taking/whyNot';
import { useDataset, useEngine, useExploring, useLab, useOpening, useRun, useTaking } from '../lab';
import { grouped } from '../numbers';
import { saveFile } from '../save/saveFile';
import classes from './FileList.module.css';
import { FileRow } from './FileRow';
import { useFigure } from './useFigure';

const about = (bytes: number | null | undefined) =>
  bytes === null || bytes === undefined ? null : `about ${formatBytes(bytes)}`;

/** Saves a file as a download once it is made, also where the list was closed meanwhile. */
async function saved(making: Promise<MadeFile | null>): Promise<void> {
  const made = await making;
  if (made !== null) saveFile(made.name, made.file);
}

/** What can be taken along, with a word on what each file is for. */
export function FileList() {
  const { taking } = useLab();
  const figure = useFigure();
  const engine = useEngine((state) => state);
  const info = useDataset((data) => data.info);
  const active = useRun((run) => run.active);
  const runState = useRun((run) => run.runState);
  const hasBegun = useRun((run) => run.step > 0);
  const kept = useRun((run) => run.kept);
  const making = useTaking((state) => state.making);
  const opened = useOpening((state) => state.openedEncoder);
  const isExplored = useExploring((state) => state.exploration !== null);
  const [withImages, setWithImages] = useState(false);
  const [byOpened, setByOpened] = useState(false);
  const sizes = info === null || active === null ? null : sizesOf(active.config, info, kept);
  const projectSize = sizes?.project == null ? null : sizes.project + (withImages ? sizes.images : 0);
  const reasonFor = (wanted: WantedFile) =>
    whyNot(wanted, {
      engine,
      data: { info },
      run: { active, runState },
      hasBegun,
      hasCurves: figure.hasCurves,
    });
  const worker = (wanted: Exclude<WantedFile, { kind: 'figure' }>) => ({
    reason: reasonFor(wanted),
    holdsTraining: true,
    onSave: () => void saved(taking.takeFromWorker(wanted)),
  });
  const by = opened !== null && byOpened ? 'opened' : 'run';
  const openedSize = opened === null || info === null ? null : embeddingBytes(info.count, opened.featureDim);
  const sizeOf = (format: 'parquet' | 'npy') => about(by === 'opened' ? openedSize : sizes?.[format]);
  const images = info === null ? 'images' : `${grouped(info.count)} images`;
  return (
    <div className={classes.list}>
      <Group title="Encoder" note="The trained backbone, for features in other programs">
        <FileRow
          id="safetensors"
          use="PyTorch and timm, under torchvision’s names"
          size={about(sizes?.encoder)}
          {...worker({ kind: 'encoder', format: 'safetensors' })}
        />
        <FileRow
          id="onnx"
          use="ONNX runtimes, in nearly any language"
          size={about(sizes?.encoder)}
          {...worker({ kind: 'encoder', format: 'onnx' })}
        />
        <FileRow
          id="transformers"
          use="transformers.js: a model for image-feature-extraction"
          size={about(sizes?.encoder)}
          {...worker({ kind: 'encoder', format: 'transformers' })}
        />
      </Group>
      <Group title="Embeddings" note={`Of all ${images}, one row each`}>
        {opened !== null && (
          <li className={classes.choice}>
            <NativeSelect
              label="Encoder of the embeddings"
              value={by}
              onChange={(event) => setByOpened(event.currentTarget.value === 'opened')}
              data={[
                { value: 'run', label: 'that of the run' },
                {
                  value: 'opened',
                  label: `${opened.name}: ${opened.backbone}, ${grouped(opened.featureDim)} features`,
                },
              ]}
            />
          </li>
        )}
        <FileRow
          id="parquet"
          use={`pandas, DuckDB: path, class, split${isExplored ? ', clusters, duplicates, quality' : ''}, features and z`}
          size={sizeOf('parquet')}
          {...worker({ kind: 'embeddings', format: 'parquet', by })}
        />
        <FileRow
          id="npy"
          use={`NumPy: features, and a CSV of their paths${isExplored ? ', clusters, duplicates' : ''}, in a .zip`}
          size={sizeOf('npy')}
          {...worker({ kind: 'embeddings', format: 'npy', by })}
        />
      </Group>
      <Group title="Project" note="The whole run: goes on wherever it is opened">
        <FileRow
          id="project"
          use="Settings, curves, weights, encoder and embeddings"
          size={about(projectSize)}
          {...worker({ kind: 'project', withImages })}
        />
        <li className={classes.choice}>
          <Checkbox
            size="sm"
            checked={withImages}
            onChange={(event) => setWithImages(event.currentTarget.checked)}
            label={`with the images${sizes === null ? '' : `, up to ${formatBytes(sizes.images)}`}`}
            description={
              info?.source.kind === 'sample'
                ? 'Not needed to go on: this sample is on every page.'
                : 'Whoever gets the file sees them.'
            }
          />
        </li>
      </Group>
      <Group title="Figure" note="For a paper, on white">
        <FileRow
          id="figure"
          use="Each chart as SVG with its numbers as CSV, the outputs as PNG"
          size={null}
          reason={reasonFor({ kind: 'figure' })}
          holdsTraining={false}
          onSave={() => void saved(taking.make('figure', figure.make))}
        />
      </Group>
      <p className={classes.foot}>
        {making === null
          ? 'Settings and changes alone are in the link: “Share”, in the header.'
          : `One file at a time: the others wait for ${FILE_NAMES[making.id]}.`}
      </p>
    </div>
  );
}

interface GroupProps {
  readonly title: string;
  readonly note: string;
  readonly children: ReactNode;
}

function Group({ title, note, children }: GroupProps) {
  const id = useId();
  return (
    <section className={classes.group} aria-labelledby={id}>
      <header className={classes.head}>
        <h3 id={id}>{title}</h3>
        <p>{note}</p>
      </header>
      <ul className={classes.rows}>{children}</ul>
    </section>
  );
}
