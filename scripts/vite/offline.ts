import { VitePWA, type VitePWAOptions } from 'vite-plugin-pwa';
import { DESCRIPTION } from './linkPreview.ts';

/** Code that only some visits need: the benchmarks, backends of tfjs, and the decoder of HEIC. It is kept once a visit has used it. */
const RARELY_USED = ['bench.html', 'assets/bench*', 'assets/tfjs-backend-wasm*', 'assets/engine-*', 'assets/heic-to*'];

/** The largest file of a sample is 12 MB; the default limit is 2 MB. */
const LARGEST_BYTES = 32 * 1024 * 1024;

const OPTIONS: Partial<VitePWAOptions> = {
  strategies: 'injectManifest',
  srcDir: 'src/serviceWorker',
  filename: 'sw.ts',
  // The page registers it, after it is loaded.
  injectRegister: false,
  injectManifest: {
    // A script rather than a module, which not every browser registers as a service worker.
    rollupFormat: 'iife',
    globPatterns: ['*.{html,js,svg,webmanifest}', 'assets/**', 'icons/*', 'samples/*'],
    globIgnores: ['sw.js', ...RARELY_USED],
    dontCacheBustURLsMatching: /^assets\//,
    maximumFileSizeToCacheInBytes: LARGEST_BYTES,
  },
  manifest: {
    id: './',
    start_url: './',
    scope: './',
    name: 'SimSiam Lab',
    short_name: 'SimSiam Lab',
    description: DESCRIPTION,
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#2b50d6',
    categories: ['education', 'science'],
    icons: [
      { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icons/192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icons/512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icons/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
};

/** Makes the site installable, and builds its service worker with the list of the site's files. */
export function offline() {
  return VitePWA(OPTIONS);
}
