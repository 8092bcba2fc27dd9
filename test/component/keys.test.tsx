import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { handleKey } from '../../src/ui/keys/handleKey';
import { Keys } from '../../src/ui/keys/Keys';
import { KEYS } from '../../src/ui/keys/keys';
import { idleLab, putRun, show } from './setup/lab';

function labWithRun() {
  const lab = idleLab();
  putRun(lab, { runState: 'paused' });
  const train = vi.spyOn(lab, 'train').mockImplementation(() => lab.runStore.setState({ runState: 'training' }));
  const pause = vi.spyOn(lab, 'pause').mockImplementation(() => lab.runStore.setState({ runState: 'paused' }));
  return { lab, train, pause };
}

it('Space trains and pauses', async () => {
  const { lab, train, pause } = labWithRun();
  await show(lab, <Keys />);
  await userEvent.keyboard(' ');
  expect([train.mock.calls.length, pause.mock.calls.length]).toEqual([1, 0]);
  await userEvent.keyboard(' ');
  expect([train.mock.calls.length, pause.mock.calls.length]).toEqual([1, 1]);
});

it('a key belongs to the control with the focus, if it uses it', async () => {
  const { lab, train } = labWithRun();
  const pressed = vi.fn();
  await show(
    lab,
    <>
      <Keys />
      <button type="button" onClick={pressed}>
        Other
      </button>
      <input aria-label="Text" />
      <input type="checkbox" aria-label="Box" />
      <select aria-label="Choice">
        <option>One</option>
      </select>
      <div role="slider" tabIndex={0} aria-label="Slider" aria-valuenow={1} />
      <a href="#elsewhere">Elsewhere on the page</a>
    </>,
  );
  for (const element of [
    page.getByRole('button', { name: 'Other' }),
    page.getByRole('textbox'),
    page.getByRole('checkbox'),
    page.getByRole('combobox'),
    page.getByRole('slider'),
  ]) {
    (element.element() as HTMLElement).focus();
    await userEvent.keyboard(' ');
    expect(train).not.toHaveBeenCalled();
  }
  expect(pressed).toHaveBeenCalledOnce();
  (page.getByRole('textbox').element() as HTMLElement).focus();
  await userEvent.keyboard('?');
  await expect.element(page.getByRole('textbox')).toHaveValue(' ?');
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  // A link does not use Space.
  (page.getByRole('link').element() as HTMLElement).focus();
  await userEvent.keyboard(' ');
  expect(train).toHaveBeenCalledOnce();
});

it('does nothing where Train is disabled, and leaves the key to the browser', async () => {
  const { lab, train } = labWithRun();
  lab.runStore.setState({ runState: 'finished', step: lab.runStore.getState().config.totalSteps });
  const event = new KeyboardEvent('keydown', { key: ' ', cancelable: true });
  handleKey(event, { lab, showKeys: () => undefined });
  expect([train.mock.calls.length, event.defaultPrevented]).toEqual([0, false]);
  lab.runStore.setState({ runState: 'paused' });
  for (const modifier of ['ctrlKey', 'metaKey', 'altKey']) {
    handleKey(new KeyboardEvent('keydown', { key: ' ', [modifier]: true }), { lab, showKeys: () => undefined });
  }
  expect(train).not.toHaveBeenCalled();
});

it('? lists every key, and closing the list gives the focus back', async () => {
  const { lab, train } = labWithRun();
  await show(
    lab,
    <>
      <Keys />
      <a href="#elsewhere">Elsewhere on the page</a>
    </>,
  );
  const link = page.getByRole('link').element() as HTMLElement;
  link.focus();
  await userEvent.keyboard('?');
  const list = page.getByRole('dialog', { name: 'Keys' });
  await expect.element(list).toBeVisible();
  for (const { words } of KEYS) await expect.element(list.getByText(words)).toBeVisible();
  await userEvent.keyboard(' ');
  expect(train).not.toHaveBeenCalled();
  if (page.getByRole('dialog').elements().length > 0) await userEvent.keyboard('{Escape}');
  await expect.element(list).not.toBeInTheDocument();
  await expect.poll(() => document.activeElement).toBe(link);
});
