/**
 * Imports point one way: ui -> session -> {protocol, storage, data} -> spec; worker -> {engine, protocol, data} -> spec;
 * scripts -> {engine, data, spec}. A layer may reach any layer below it, itself, and no other.
 */
const LAYERS = {
  spec: [],
  protocol: ['spec'],
  storage: ['spec'],
  data: ['spec'],
  engine: ['spec'],
  session: ['protocol', 'storage', 'data', 'spec'],
  worker: ['engine', 'protocol', 'data', 'spec'],
  ui: ['session', 'protocol', 'storage', 'data', 'spec'],
};

const TFJS = '(^|/)node_modules/@tensorflow/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(LAYERS).map(([layer, below]) => ({
      name: `${layer}-imports-only-${below.length === 0 ? 'itself' : below.join('-')}`,
      comment: `src/${layer} may import ${[layer, ...below].map((name) => `src/${name}`).join(', ')}, and nothing else of this repository.`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^(src|scripts|test)/', pathNot: `^src/(${[layer, ...below].join('|')})/` },
    })),
    {
      name: 'main-only-mounts',
      comment: 'src/main.tsx and src/bench.tsx mount a page, nothing else.',
      severity: 'error',
      from: { path: '^src/(main|bench)\\.tsx$' },
      to: { path: '^(src|scripts|test)/', pathNot: '^src/ui/' },
    },
    {
      name: 'scripts-run-without-the-page',
      comment: 'Scripts use the engine, the data code and the vocabulary, as the worker does.',
      severity: 'error',
      from: { path: '^scripts/' },
      to: { path: '^(src|test)/', pathNot: '^src/(engine|data|spec)/' },
    },
    {
      name: 'tfjs-only-in-engine',
      comment: 'The engine wraps tfjs; all others speak to the engine.',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: '^src/engine/' },
      to: { path: TFJS },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'page-code-has-no-node',
      comment:
        "src runs in a browser: no Node modules, no development dependencies, nothing that package.json doesn't list.",
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['core', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default', 'types'] },
  },
};
