import type { Plugin } from 'vite';

/** The policy: the page may load from and connect to its own origin only. */
const POLICY: Record<string, readonly string[]> = {
  'default-src': ["'self'"],
  // tfjs compiles WebAssembly.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  // Mantine inserts styles by script.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'worker-src': ["'self'", 'blob:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/** The dev server's fast refresh needs an inline script; the build has none. */
const DEV_POLICY = { ...POLICY, 'script-src': [...(POLICY['script-src'] ?? []), "'unsafe-inline'"] };

function serialise(policy: Record<string, readonly string[]>): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

/** Inserts the policy as the first meta tag of the page, since a static host may not send headers. */
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
