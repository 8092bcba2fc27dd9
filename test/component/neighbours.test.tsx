import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { NeighboursPanel } from '../../src/ui/gallery/NeighboursPanel';
import { NeighboursStrip } from '../../src/ui/gallery/NeighboursStrip';
import { idleLab, putRun, show } from './setup/lab';

const snapshot = (step: number, searched: number) => ({ step, searched, backbone: [], z: [] });

it.each([
  ['the strip', NeighboursStrip, ''],
  ['the panel', NeighboursPanel, ', at step 25'],
] as const)(
  '%s says among how many images it shows neighbours, and how many are being searched',
  async (_, Gallery, at) => {
    const lab = idleLab();
    putRun(lab, { neighbours: snapshot(25, 260) });
    await show(lab, <Gallery />);
    const note = (text: string) => expect.element(page.getByText(new RegExp(`among ${text}$`))).toBeVisible();
    await note(`260${at}`);
    lab.runStore.setState({ runState: 'paused', searching: 12_000 });
    await note(`260${at}, searching 12,000 …`);
    lab.runStore.setState({ neighbours: snapshot(25, 12_000), searching: null });
    await note(`12,000${at}`);
    await expect.element(page.getByTestId('neighbours')).toHaveAttribute('data-searched', '12000');
  },
);
