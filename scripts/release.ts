/**
 * `npm run release [-- --url ADDRESS]`: builds the site into dist/ and packs it as release/simsiam-lab-VERSION.zip, with a SHA-256 checksum
 * beside it. The same sources give the same bytes.
 * `--url`: where the site will be served, ending in a slash; links to it are then shown with their picture.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { formatBytes } from '../src/formats/bytes';
import { siteAddress } from './release/siteAddress';
import { checksumLine, filesBelow, siteZip } from './release/siteZip';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values } = parseArgs({ options: { url: { type: 'string' } } });
if (values.url !== undefined) process.env.SIMSIAM_SITE_URL = siteAddress(values.url);

await build({ root: ROOT, logLevel: 'warn' });
const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
const name = `simsiam-lab-${version}.zip`;
const folder = join(ROOT, 'release');
const files = await filesBelow(join(ROOT, 'dist'));
const zip = siteZip(files);
const checksum = checksumLine(zip, name);
await mkdir(folder, { recursive: true });
await writeFile(join(folder, name), zip);
await writeFile(join(folder, `${name}.sha256`), checksum);
console.log(`release/${name}: ${files.size} files, ${formatBytes(zip.length)}`);
console.log(`release/${name}.sha256: ${checksum.trim()}`);
if (values.url === undefined) {
  console.log('Links are shown without their picture by most readers: give the address of the site with --url.');
}
