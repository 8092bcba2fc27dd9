import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import { render } from 'vitest-browser-react';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { Lab, type LabOptions } from '../../../src/session/lab';
import type { RunStoreState } from '../../../src/session/run/runStore';
import { LabContext } from '../../../src/ui/lab';
import { theme } from '../../../src/ui/theme';
import { activeRun } from '../../setup/activeRun';
import { FakeWorker } from '../../unit/session/fakeWorker';

/** A lab without images, whose worker answers but does not train: tests write the state to show into its stores. */
export function idleLab(change: Partial<RunConfig> = {}, storages: Partial<LabOptions> = {}): Lab {
  const method = change.method ?? 'simsiam';
  const lab = new Lab('', {
    openWorker: () => new FakeWorker({}),
    loaders: {
      fetchRest: async () => undefined,
      loadSample: () => Promise.reject(new Error('no sample')),
      importProject: () => Promise.reject(new Error('no project')),
      importImages: () => Promise.reject(new Error('no images')),
    },
    sampleOrigin: (id) => ({ kind: 'sample', id, title: id }),
    ...storages,
  });
  lab.runStore.setState({ config: { ...presetConfig('tiny', 'fashion-mnist', method), ...change } });
  return lab;
}

/** Puts a run on the page, as its worker would report it. */
export function putRun(lab: Lab, state: Partial<RunStoreState> = {}): void {
  const { config } = lab.runStore.getState();
  lab.runStore.setState({ active: activeRun(config), runState: 'training' });
  lab.runStore.setState(state);
}

/** Renders a component as the page does: with the theme, a lab, and a container of that many CSS pixels. */
export function show(lab: Lab, component: ReactNode, width = 900) {
  return render(
    <MantineProvider theme={theme}>
      <LabContext value={lab}>
        <main style={{ width }}>{component}</main>
      </LabContext>
    </MantineProvider>,
  );
}
