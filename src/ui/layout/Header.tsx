import { Badge, Title } from '@mantine/core';
import { counted } from '../../domain/counted';
import { useDataset, useEngine } from '../lab';
import { RunControls } from '../run/RunControls';
import { RunNumbers } from '../run/RunNumbers';
import { ShareButton } from '../run/ShareButton';
import { ColorSchemeButton } from './ColorSchemeButton';
import classes from './Header.module.css';

const ENGINE_TITLES = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WASM' } as const;

function Adapter() {
  const adapter = useEngine((engine) => engine.adapter);
  const state = useEngine((engine) => engine.state);
  const text =
    adapter !== null
      ? `${ENGINE_TITLES[adapter.engine]} · ${adapter.description}`
      : state === 'failed'
        ? 'no engine'
        : 'starting …';
  return (
    <Badge className={classes.chip} variant="default" data-testid="adapter" title={text}>
      {text}
    </Badge>
  );
}

function DatasetChip() {
  const info = useDataset((data) => data.info);
  if (info === null) return null;
  const text = `${info.name} · ${counted(info.count, 'image')}`;
  return (
    <Badge className={classes.chip} variant="default" title={text}>
      {text}
    </Badge>
  );
}

export function Header() {
  return (
    <header className={classes.header}>
      <div className={classes.inner}>
        <div className={classes.name}>
          <Title order={1} className={classes.title}>
            SimSiam Lab
          </Title>
          <DatasetChip />
        </div>
        <div className={classes.run}>
          <RunControls />
          <RunNumbers />
        </div>
        <div className={classes.page}>
          <Adapter />
          <ShareButton />
          <ColorSchemeButton />
        </div>
      </div>
    </header>
  );
}
