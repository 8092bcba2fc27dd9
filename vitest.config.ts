import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { presentChromium } from './scripts/bootstrap/chromium.mjs';

const MINUTE = 60_000;

/** Waiting ends with what is waited for; the limit only ends a wait for what never comes, on however busy a machine. */
const POLL = { poll: { interval: 100, timeout: 5 * MINUTE } };

type ProjectConfig = Extract<TestProjectConfiguration, { test?: unknown }>;
type TestOptions = NonNullable<ProjectConfig['test']>;

/** One folder of test/ as a project. A `groupOrder` of its own makes the projects run one after the other. */
function project(
  name: string,
  groupOrder: number,
  test: TestOptions,
  vite: Omit<ProjectConfig, 'test'> = {},
): ProjectConfig {
  return {
    ...vite,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
      environment: 'node',
      pool: 'forks',
      sequence: { groupOrder },
      expect: POLL,
      ...test,
    },
  };
}

/** One file at a time: a software adapter takes every core by itself, and a browser is not far behind. */
const alone = { fileParallelism: false, maxWorkers: 1 };

const limits = (minutes: number) => ({ testTimeout: minutes * MINUTE, hookTimeout: 10 * MINUTE });

/** Components by themselves, in a real browser. */
async function componentProject(groupOrder: number): Promise<ProjectConfig> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const executablePath = await presentChromium();
  return project(
    'component',
    groupOrder,
    {
      ...alone,
      ...limits(5),
      setupFiles: 'test/component/setup/styles.ts',
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        viewport: { width: 1280, height: 900 },
        provider: playwright({
          launchOptions: { args: asRoot, ...(executablePath === undefined ? {} : { executablePath }) },
          contextOptions: { locale: 'en-GB' },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
    {
      plugins: [react()],
      // Found late, a dependency would reload the page in the middle of a test.
      optimizeDeps: { include: ['react', 'react-dom', 'react-dom/client', 'react/jsx-dev-runtime', 'recharts'] },
    },
  );
}

export default defineConfig(async () => ({
  test: {
    projects: [
      project('unit', 0, limits(3)),
      await componentProject(1),
      project('gpu', 2, { ...alone, ...limits(15) }),
      project('parity', 3, { ...alone, ...limits(15) }),
      project('paper', 4, { ...alone, ...limits(45) }),
      project('e2e', 5, { ...alone, ...limits(15), globalSetup: 'test/e2e/harness/site.ts' }),
    ],
  },
}));
