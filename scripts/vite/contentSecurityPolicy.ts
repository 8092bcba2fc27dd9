import type { Plugin } from 'vite';

/** What the page may load and talk to: its own origin, and nothing else. */
const POLICY: Record<string, readonly string[]> = {
  'default-src': ["'self'"],
  // tfjs and image decoders may compile WebAssembly.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  // Mantine sets styles from script.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'worker-src': ["'self'", 'blob:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/** The dev server's fast refresh starts from an inline script; the build has none. */
const DEV_POLICY = { ...POLICY, 'script-src': [...(POLICY['script-src'] ?? []), "'unsafe-inline'"] };

function serialise(policy: Record<string, readonly string[]>): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

/** Puts the policy into the page as its first meta tag, since a static host cannot be asked to send headers. */
export function contentSecurityPolicy(): Plugin {
  let policy = POLICY;
  return {
    name: 'content-security-policy',
    configResolved(config) {
      policy = config.command === 'serve' ? DEV_POLICY : POLICY;
    },
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: serialise(policy) },
        injectTo: 'head-prepend',
      },
    ],
  };
}
