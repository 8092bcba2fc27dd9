/** `npm run icons`: draws the icons of the installed page and the picture of a shared link from public/favicon.svg. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

import { linkPicture } from './pictures/linkPicture';

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url));
const ICONS = join(PUBLIC, 'icons');
const SIDE = 32;

const favicon = await readFile(join(PUBLIC, 'favicon.svg'), 'utf8');
await mkdir(ICONS, { recursive: true });

async function icon(name: string, side: number, svg: string): Promise<void> {
  const density = (72 * side) / SIDE;
  const png = await sharp(Buffer.from(svg), { density }).resize(side, side).png({ compressionLevel: 9 }).toBuffer();
  await writeFile(join(ICONS, name), png);
}

/** Fills its square, since the system cuts the shape; everything of importance lies within 80 % of it. */
const full = favicon
  .replace(/viewBox="[^"]*"/, 'viewBox="-4 -4 40 40"')
  .replace(/<rect [^>]*>/, (rect) =>
    rect.replace('width="32" height="32" rx="7"', 'x="-4" y="-4" width="40" height="40"'),
  );

await icon('192.png', 192, favicon);
await icon('512.png', 512, favicon);
await icon('maskable.png', 512, full);
await icon('apple-touch.png', 180, full);
await writeFile(join(PUBLIC, 'link.png'), await linkPicture(favicon));
