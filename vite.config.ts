import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './scripts/vite/contentSecurityPolicy.ts';
import { wasmThreads } from './scripts/vite/wasmThreads.ts';

/** Headers for cross-origin isolation, which allows precise timers and WASM threads. Static hosts need not send them. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative, so that the build works from any sub-path of any static host.
  base: './',
  plugins: [react(), contentSecurityPolicy()],
  worker: { format: 'es', plugins: () => [wasmThreads()] },
  server: { headers },
  preview: { headers },
  // Otherwise Vite finds dependencies that only workers import too late, and then reloads the page during a run.
  optimizeDeps: { entries: ['index.html', 'bench.html', 'src/**/*.worker.ts'] },
  build: {
    target: 'es2023',
    // The lab, and the benchmark page.
    rolldownOptions: { input: ['index.html', 'bench.html'] },
    // The training worker contains tfjs with two backends, 2.3 MB, which cannot be split.
    chunkSizeWarningLimit: 3000,
  },
});
