import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './scripts/vite/contentSecurityPolicy.ts';

/** Cross-origin isolation: precise timers. Static hosts go without. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative, so that the build works from any sub-path of any static host.
  base: './',
  plugins: [react(), contentSecurityPolicy()],
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  // Dependencies that only a worker imports would else be found late, and reload the page in the middle of a run.
  optimizeDeps: { entries: ['index.html', 'bench.html', 'src/**/*.worker.ts'] },
  build: {
    target: 'es2023',
    // The lab, and the benchmarks as a page of their own.
    rolldownOptions: { input: ['index.html', 'bench.html'] },
    // The training worker carries tfjs with two backends: 2.3 MB that no splitting makes smaller.
    chunkSizeWarningLimit: 3000,
  },
});
