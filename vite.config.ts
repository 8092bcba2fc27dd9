import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './scripts/vite/contentSecurityPolicy.ts';
import { linkPreview } from './scripts/vite/linkPreview.ts';
import { offline } from './scripts/vite/offline.ts';
import { workerEntries } from './scripts/vite/workerEntries.ts';
import { ISOLATION_HEADERS } from './src/serviceWorker/isolationHeaders.ts';

export default defineConfig({
  // Relative, so that the build works from any sub-path of any static host.
  base: './',
  // The page gets only those parts of tfjs that the engine uses.
  resolve: {
    alias: [
      {
        find: /^@tensorflow\/tfjs$/,
        replacement: fileURLToPath(new URL('src/engine/kernels/runtime/tfjsParts.ts', import.meta.url)),
      },
    ],
  },
  plugins: [react(), contentSecurityPolicy(), linkPreview(), offline()],
  // Modules, so that the benchmarks' worker loads tfjs's WASM backend only when it measures it.
  worker: {
    format: 'es',
    plugins: () => [workerEntries()],
    rolldownOptions: {
      output: {
        // The code of a worker is a chunk beside its entry, which other chunks may import (`workerEntries`).
        codeSplitting: {
          groups: [{ name: (id) => /\/(trainerHost|benchMessages|arrangeHost)\.ts$/.exec(id)?.[1] ?? null }],
        },
        // The backends of tfjs have names, by which the service worker keeps only the one in use.
        chunkFileNames: ({ moduleIds }) => {
          const backend = moduleIds.map((id) => /tfjs-backend-(webgpu|webgl)/.exec(id)?.[1]).find(Boolean);
          return backend === undefined ? 'assets/[name]-[hash].js' : `assets/engine-${backend}-[hash].js`;
        },
      },
    },
  },
  // Isolated from the first opening on; static hosts leave that to the service worker.
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: ISOLATION_HEADERS },
  // Otherwise Vite finds dependencies that only workers import too late, and then reloads the page during a run.
  optimizeDeps: { entries: ['index.html', 'bench.html', 'src/**/*.worker.ts'] },
  build: {
    target: 'es2023',
    rolldownOptions: {
      // The lab, and the benchmarks as a page of their own.
      input: ['index.html', 'bench.html'],
    },
    // The decoder of HEIC, which is loaded for such files only, is one file of 3 MB.
    chunkSizeWarningLimit: 3000,
  },
});
