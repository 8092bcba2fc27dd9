import { expect, it } from 'vitest';

it('importing the App opens no lab', async () => {
  // There is no window here, so opening a lab would fail.
  expect(globalThis).not.toHaveProperty('window');
  const { App } = await import('../../../src/ui/App');
  expect(App).toBeTypeOf('function');
});
