import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** The size that pages which show links expect, in pixels. */
const WIDTH = 1200;
const HEIGHT = 630;

const FIGURE = fileURLToPath(new URL('../../docs/figure2.svg', import.meta.url));

/** Where docs/figure2.svg has the outputs at step 300, with and without stop-gradient. */
const SPHERES = { with: 'translate(702 166)', without: 'translate(702 410)' };

function sphereIn(figure: string, place: string): string {
  const start = figure.indexOf(`<g transform="${place}">`);
  const end = figure.indexOf('</g>', start);
  if (start < 0 || end < 0) throw new Error(`docs/figure2.svg has no drawing at ${place}`);
  return figure.slice(figure.indexOf('>', start) + 1, end);
}

/** The inside of an SVG. */
function contentOf(svg: string): string {
  return svg.replace(/<\/?svg[^>]*>/g, '');
}

/**
 * The picture of a shared link, 1200 x 630: the name of the page, and the outputs of the same network with and without stop-gradient.
 * @returns PNG
 */
export async function linkPicture(favicon: string): Promise<Buffer> {
  const figure = await readFile(FIGURE, 'utf8');
  const sphere = (place: string, x: number, y: number, caption: string) => `
    <g transform="translate(${x} ${y}) scale(1.18)" stroke-width="5" stroke-linecap="round">${sphereIn(figure, place)}</g>
    <text x="${x}" y="${y + 168}" text-anchor="middle" font-size="25" fill="#596070">${caption}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="Liberation Sans, Arial, sans-serif" fill="#191c22">
    <rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
    <rect width="12" height="${HEIGHT}" fill="#2b50d6"/>
    <svg x="72" y="86" width="84" height="84" viewBox="0 0 32 32">${contentOf(favicon)}</svg>
    <text x="72" y="262" font-size="64" font-weight="700">SimSiam Lab</text>
    <g font-size="32">
      <text x="72" y="332">See, cause and prevent collapse:</text>
      <text x="72" y="378">self-supervised learning,</text>
      <text x="72" y="424">trained live in the browser</text>
      <text x="72" y="470">on your own images</text>
    </g>
    ${sphere(SPHERES.with, 740, 280, 'with stop-gradient')}
    ${sphere(SPHERES.without, 1030, 280, 'without')}
  </svg>`;
  return sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
}
