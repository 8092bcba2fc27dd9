/**
 * Imports point one way: ui -> session -> {protocol, storage, data} -> domain;
 * worker -> {explore, bench, engine, storage, protocol, data} -> domain; bench -> {engine, data, domain}; explore -> domain;
 * scripts -> {explore, bench, engine, data, domain}. A layer may import itself and any layer below it, and no other; `formats` imports
 * nothing and is open to all. `serviceWorker` is not imported: it is built by itself and shares no chunk with a page.
 */
const LAYERS = {
  formats: [],
  domain: [],
  protocol: ['domain'],
  storage: ['domain'],
  data: ['domain', 'formats'],
  engine: ['domain', 'formats'],
  bench: ['engine', 'data', 'domain', 'formats'],
  explore: ['domain', 'formats'],
  session: ['protocol', 'storage', 'data', 'domain', 'formats'],
  serviceWorker: ['protocol', 'domain'],
  worker: ['explore', 'bench', 'engine', 'protocol', 'data', 'storage', 'domain', 'formats'],
  ui: ['session', 'protocol', 'storage', 'data', 'domain', 'formats'],
};

/** The same for the rooms of a layer: each may import itself and the rooms listed, and no other. */
const ROOMS = {
  engine: {
    kernels: [],
    losses: ['kernels', 'network'],
    network: ['kernels'],
    augment: ['kernels'],
    optim: ['kernels'],
    images: ['augment', 'kernels'],
    methods: ['network', 'losses', 'optim', 'kernels'],
    monitors: ['methods', 'images', 'network', 'kernels'],
    step: ['methods', 'monitors', 'images', 'augment', 'optim', 'network', 'kernels'],
    run: ['step', 'methods', 'monitors', 'images', 'optim', 'network', 'kernels'],
    backend: ['network', 'kernels'],
  },
  session: {
    engine: [],
    data: ['engine'],
    run: ['data', 'engine'],
    link: ['run', 'data'],
    frames: ['run', 'data', 'engine'],
    archive: ['frames', 'run', 'data', 'engine'],
    keeping: ['archive', 'frames', 'link', 'run', 'data', 'engine'],
    experiments: ['keeping', 'archive', 'frames', 'run', 'data', 'engine'],
    lessons: ['link', 'frames', 'run', 'data', 'engine'],
    taking: ['archive', 'frames', 'run', 'data', 'engine'],
    opening: ['keeping', 'archive', 'frames', 'run', 'data', 'engine'],
    bench: ['engine'],
    exploring: ['run', 'data', 'engine'],
    suiting: ['run', 'data', 'engine'],
  },
};

/** Files of a layer that all its rooms may import: seeded draws, and notices to the person, and preferences. */
const OPEN_TO_ROOMS = { engine: ['random\\.ts'], session: ['noticeStore\\.ts', 'pageText\\.ts'] };

const TFJS = '(^|/)node_modules/@tensorflow/';

const roomRules = Object.entries(ROOMS).flatMap(([layer, rooms]) =>
  Object.entries(rooms).map(([room, below]) => {
    const open = [...[room, ...below].map((name) => `${name}/`), ...OPEN_TO_ROOMS[layer]];
    return {
      name: `${layer}-${room}-imports-only-${below.length === 0 ? 'itself' : below.join('-')}`,
      comment: `src/${layer}/${room} may import these rooms of src/${layer}: ${[room, ...below].join(', ')}.`,
      severity: 'error',
      from: { path: `^src/${layer}/${room}/` },
      to: { path: `^src/${layer}/`, pathNot: `^src/${layer}/(${open.join('|')})` },
    };
  }),
);

/** Reports a folder of a layer with rooms that is missing in `ROOMS`. */
const unknownRooms = Object.entries(ROOMS).map(([layer, rooms]) => ({
  name: `${layer}-has-no-undeclared-room`,
  comment: `A new room of src/${layer} declares above what it may import.`,
  severity: 'error',
  from: { path: `^src/${layer}/[^/]+/`, pathNot: `^src/${layer}/(${Object.keys(rooms).join('|')})/` },
  to: {},
}));

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
    ...roomRules,
    ...unknownRooms,
    {
      name: 'main-only-mounts',
      comment: 'src/main.tsx and src/bench.tsx mount a page, nothing else.',
      severity: 'error',
      from: { path: '^src/(main|bench)\\.tsx$' },
      to: { path: '^(src|scripts|test)/', pathNot: '^src/ui/' },
    },
    {
      name: 'scripts-run-without-the-page',
      comment:
        'Scripts use the engine, the evaluation, the benchmarks, the data code and the vocabulary, as the worker does.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: '^scripts/soak/' },
      to: { path: '^(src|test)/', pathNot: '^src/(explore|bench|engine|data|domain|formats)/' },
    },
    {
      name: 'soak-runs-the-worker',
      comment: 'The soak test sends the commands of the page to the host of the training worker, without the page.',
      severity: 'error',
      from: { path: '^scripts/soak/' },
      to: { path: '^(src|test)/', pathNot: '^src/(worker|protocol|engine|data|domain)/' },
    },
    {
      name: 'tfjs-only-in-engine',
      comment: 'The engine wraps tfjs; the benchmarks measure it; all others speak to the engine.',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: '^src/(engine|bench)/' },
      to: { path: TFJS },
    },
    {
      name: 'zod-only-as-configured',
      comment: 'src/domain/zod.ts configures zod before any schema is built.',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: '^src/domain/zod\\.ts$' },
      to: { path: '(^|/)node_modules/zod/' },
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
        "src runs in a browser: no Node modules, no development dependencies, nothing that package.json doesn't list. The benchmark page loads the contender of the processor's engine.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bench/xnnpack/' },
      to: { dependencyTypes: ['core', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'xnnpack-only-loads-its-contender',
      severity: 'error',
      from: { path: '^src/bench/xnnpack/' },
      to: {
        dependencyTypes: ['core', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '(^|/)node_modules/@tensorflow/tfjs-backend-wasm/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default', 'types'] },
  },
};
