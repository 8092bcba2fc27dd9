import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './scripts/vite/contentSecurityPolicy.ts';
import { linkPreview } from './scripts/vite/linkPreview.ts';
import { offline } from './scripts/vite/offline.ts';
import { ISOLATION_HEADERS } from './src/serviceWorker/isolationHeaders.ts';

export default defineConfig({
  // Relative, so that the build works from any sub-path of any static host.
  base: './',
  plugins: [react(), contentSecurityPolicy(), linkPreview(), offline()],
  // Modules, so that the benchmarks' worker loads tfjs's WASM backend only when it measures it.
  worker: { format: 'es' },
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
    // The training worker contains tfjs with two backends, 2.3 MB, which cannot be split.
    chunkSizeWarningLimit: 3000,
  },
});
