import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

const SECOND = 1000;

/** One folder of test/ as a project. A `groupOrder` of its own makes the projects run one after the other. */
function project(name: string, groupOrder: number, test: NonNullable<ProjectConfig['test']>): TestProjectConfiguration {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`, `test/${name}/**/*.test.tsx`],
      environment: 'node',
      pool: 'forks',
      sequence: { groupOrder },
      ...test,
    },
  };
}

type ProjectConfig = Extract<TestProjectConfiguration, { test?: unknown }>;

/** One file at a time: a software adapter takes every core by itself, and a browser is not far behind. */
const alone = { fileParallelism: false, maxWorkers: 1 };

export default defineConfig({
  test: {
    projects: [
      project('unit', 0, { testTimeout: 20 * SECOND }),
      project('gpu', 1, { ...alone, testTimeout: 120 * SECOND, hookTimeout: 120 * SECOND }),
      project('parity', 2, { ...alone, testTimeout: 300 * SECOND, hookTimeout: 120 * SECOND }),
      project('paper', 3, { ...alone, testTimeout: 600 * SECOND, hookTimeout: 120 * SECOND }),
      project('e2e', 4, {
        ...alone,
        testTimeout: 180 * SECOND,
        hookTimeout: 120 * SECOND,
        globalSetup: 'test/e2e/harness/site.ts',
        expect: { poll: { interval: 100, timeout: 20 * SECOND } },
      }),
    ],
  },
});
