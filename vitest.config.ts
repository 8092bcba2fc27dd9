import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { presentChromium } from './scripts/bootstrap/chromium.mjs';
import { LONG } from './test/setup/matrix';

const MINUTE = 60_000;

/** Polling ends as soon as the condition holds; the long limit allows for a busy machine. */
const POLL = { poll: { interval: 100, timeout: 5 * MINUTE } };

type ProjectConfig = Extract<TestProjectConfiguration, { test?: unknown }>;
type TestOptions = NonNullable<ProjectConfig['test']>;

/** One folder of test/ as a project. Projects with different `groupOrder` run one after the other. */
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
      exclude: LONG ? [] : ['**/*.long.test.ts'],
      environment: 'node',
      pool: 'forks',
      sequence: { groupOrder },
      expect: POLL,
      ...test,
    },
  };
}

/** All cores: Vitest leaves one to itself, which on two cores would be half of them. */
const everyCore = { maxWorkers: '100%' };

/** One file at a time, because a software adapter uses every core, and a browser nearly so. */
const alone = { fileParallelism: false, maxWorkers: 1 };

const limits = (minutes: number) => ({ testTimeout: minutes * MINUTE, hookTimeout: 10 * MINUTE });

/** The component tests, which render single components in a real browser. */
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
      // Otherwise Vite finds these dependencies too late, and then reloads the page during a test.
      optimizeDeps: { include: ['react', 'react-dom', 'react-dom/client', 'react/jsx-dev-runtime', 'recharts'] },
    },
  );
}

export default defineConfig(async () => ({
  test: {
    projects: [
      project('unit', 0, { ...everyCore, ...limits(3) }),
      await componentProject(1),
      project('gpu', 2, { ...alone, ...limits(15) }),
      project('parity', 3, { ...alone, ...limits(15) }),
      project('paper', 4, { ...alone, ...limits(45) }),
      project('e2e', 5, { ...alone, ...limits(15), globalSetup: 'test/e2e/harness/site.ts' }),
    ],
  },
}));
