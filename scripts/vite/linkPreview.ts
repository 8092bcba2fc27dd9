import type { HtmlTagDescriptor, Plugin } from 'vite';

const TITLE = 'SimSiam Lab';
export const DESCRIPTION =
  'See, cause and prevent collapse: self-supervised learning with siamese networks, trained live in the browser on your own images.';
const PICTURE = 'link.png';
const PICTURE_WORDS =
  'The outputs of the same network on two spheres: spread out with stop-gradient, a single point without it.';

/** Set by `npm run release -- --url ADDRESS`: where the site will be served. */
const ADDRESS = 'SIMSIAM_SITE_URL';

/**
 * What a message or a post shows of a shared link (Open Graph): title, description and picture. Most readers of links need the picture's whole
 * address, which only the person who publishes the site knows; without it the address is relative.
 */
export function linkPreview(site = process.env[ADDRESS] ?? ''): Plugin {
  const picture = site === '' ? `./${PICTURE}` : new URL(PICTURE, site).href;
  const properties: Record<string, string> = {
    'og:type': 'website',
    'og:site_name': TITLE,
    'og:title': TITLE,
    'og:description': DESCRIPTION,
    ...(site === '' ? {} : { 'og:url': site }),
    'og:image': picture,
    'og:image:width': '1200',
    'og:image:height': '630',
    'og:image:alt': PICTURE_WORDS,
  };
  const tags: HtmlTagDescriptor[] = [
    ...Object.entries(properties).map(([property, content]) => ({ tag: 'meta', attrs: { property, content } })),
    { tag: 'meta', attrs: { name: 'twitter:card', content: 'summary_large_image' } },
  ];
  return {
    name: 'link-preview',
    transformIndexHtml: { handler: (_, { path }) => (path === '/index.html' ? tags : []) },
  };
}
