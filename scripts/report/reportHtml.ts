import type { Estimate } from '../../src/domain/accuracy';
import { type BottomLine, COMPARED, type Compared } from '../../src/domain/bottomLine';
import { clusterDoubt } from '../../src/domain/clusterDoubt';
import { counted } from '../../src/domain/counted';
import { QUALITY_KINDS } from '../../src/domain/exploration';
import { isLeak } from '../../src/domain/leaks';
import { QUALITY_HELP } from '../../src/explore/quality';
import type { AboutFolder } from './reportJson';
import { REPORT_STYLE } from './reportStyle';
import type { Thumbnails } from './thumbnails';

/** Entries shown of a list, and images shown of a cluster; the JSON has all. */
const SHOWN = 60;
const SHOWN_IN_CLUSTER = 16;
const SHOWN_CLUSTERS = 40;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it is shown, whatever signs a name has. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

/** The report as one page that loads nothing and runs no script. */
export async function htmlReport(about: AboutFolder, thumbnail: Thumbnails): Promise<string> {
  const { report, images, verdict, featuresOf } = about;
  const figure = async (i: number, note = '') =>
    `<figure><img src="${await thumbnail(i)}" alt="" loading="lazy"><figcaption>${escaped(images.names[i])}${note === '' ? '' : `<br><small>${escaped(note)}</small>`}</figcaption></figure>`;
  const figures = async (list: readonly number[]) => (await Promise.all(list.map((i) => figure(i)))).join('');
  const group = async (list: readonly number[], note: string, leak = '') =>
    `<li class="group"><p>${escaped(note)}${leak}</p>${await figures(list.slice(0, SHOWN_IN_CLUSTER))}</li>`;
  const duplicates = (list: readonly number[], note: string) =>
    group(list, note, isLeak(images, list) ? ' <strong>in train and test</strong>' : '');
  const listed = async <T>(list: readonly T[], entry: (item: T) => Promise<string>) =>
    `<ul>${(await Promise.all(list.slice(0, SHOWN).map(entry))).join('')}</ul>${rest(list.length, SHOWN)}`;
  const sections = [
    ...(verdict === null
      ? [
          section(
            'The features',
            '',
            'Raw pixels were compared: pictures of 8 x 8 pixels. With the weights of an encoder (--weights), the images are compared by its features, and this says whether they are better.',
          ),
        ]
      : [
          section(
            'Is this embedding any good here?',
            'Differences count beyond two standard errors.',
            `<p class="verdict">${escaped(verdict.answer)}</p>${measures(verdict)}<ul>${verdict.advice.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
          ),
        ]),
    section(
      `Exact duplicates: ${counted(report.exact.length, 'group')}`,
      'Equal pixel for pixel. Certain.',
      await listed(report.exact, (own) => duplicates(own, counted(own.length, 'image'))),
    ),
    section(
      `Near duplicates: ${counted(report.near.length, 'pair')}`,
      'The same picture scaled, compressed, brightened, mirrored, cropped or captioned, laid upon each other and compared. Nearly always right; look before you act.',
      await listed(report.near, ({ a, b, score, kind }) => duplicates([a, b], `${KINDS[kind]}, ${score.toFixed(3)}`)),
    ),
    section(
      `Alike: ${counted(report.alike.length, 'pair')}`,
      'The closest by their features that are no duplicates. Which are alike in meaning is for you to say.',
      await listed(report.alike, ({ a, b, score }) => group([a, b], score.toFixed(3))),
    ),
    section(
      `Clusters: ${report.clusters.length}`,
      `Groups of images that lie more densely than what is between them (HDBSCAN), the most typical first. They are only as good as the features. ${clusterDoubt(images.count - report.noise.length, images.count) ?? ''}`,
      `<ul>${(
        await Promise.all(
          report.clusters
            .slice(0, SHOWN_CLUSTERS)
            .map(({ medoid, images: own }, c) =>
              group([medoid, ...own.filter((i) => i !== medoid)], `cluster ${c + 1}, ${counted(own.length, 'image')}`),
            ),
        )
      ).join(
        '',
      )}</ul>${rest(report.clusters.length, SHOWN_CLUSTERS)}<p>In no cluster: ${counted(report.noise.length, 'image')}.</p>`,
    ),
    section(
      `Outliers: ${counted(report.outliers.length, 'image')}`,
      'Further from their neighbours than these are from theirs. Rare is not wrong.',
      await gallery(
        report.outliers.map(({ index, score }) => [index, score.toFixed(3)] as const),
        figure,
      ),
    ),
    section(
      `Quality: ${counted(report.quality.length, 'finding')}`,
      'Measured on the whole pictures, compared with the other pictures of the folder.',
      (
        await Promise.all(
          QUALITY_KINDS.map(async (kind) => {
            const own = report.quality.filter((finding) => finding.kind === kind);
            if (own.length === 0) return '';
            const shown = own.map(({ index, score }) => [index, score.toFixed(2)] as const);
            return `<h3>${kind}: ${own.length}</h3><p class="sure">${QUALITY_HELP[kind]}</p>${await gallery(shown, figure)}`;
          }),
        )
      ).join(''),
    ),
  ];
  const title = escaped(`Report of ${images.name}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title><style>${REPORT_STYLE}</style></head><body><main><h1>${title}</h1>
<p>${counted(images.count, 'image')}, compared by ${escaped(featuresOf)}. Nothing was deleted or moved.</p>
${sections.join('\n')}
</main></body></html>
`;
}

const KINDS = { same: 'the same picture', mirrored: 'mirrored', banded: 'the same but for a band' } as const;

const TITLES: Readonly<Record<Compared, string>> = {
  trained: 'this embedding',
  given: 'as it came',
  untrained: 'untrained',
  rawPixels: 'raw pixels',
};

/** All measures with their standard errors and those of the baselines. */
function measures({ comparisons }: BottomLine): string {
  const kinds = COMPARED.filter((kind) => comparisons.some(({ [kind]: estimate }) => estimate !== undefined));
  const head = ['measure', ...kinds.map((kind) => TITLES[kind]), 'images'];
  const percent = (estimate: Estimate | undefined) =>
    estimate === undefined
      ? ''
      : `${(100 * estimate.value).toFixed(1)} ± ${(100 * estimate.standardError).toFixed(1)} %`;
  const rows = comparisons.map(
    (comparison) =>
      `<tr><th scope="row">${comparison.measure}</th>${kinds.map((kind) => `<td>${percent(comparison[kind])}</td>`).join('')}<td>${comparison.images.toLocaleString('en')}</td></tr>`,
  );
  return `<div class="wide" role="region" aria-label="Measures" tabindex="0"><table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function section(title: string, sure: string, content: string): string {
  return `<section><h2>${escaped(title)}</h2>${sure === '' ? '' : `<p class="sure">${escaped(sure)}</p>`}${content}</section>`;
}

function rest(count: number, shown: number): string {
  return count > shown
    ? `<p>${counted(count - shown, 'more entry', 'more entries')} in the JSON file (--json).</p>`
    : '';
}

async function gallery(
  list: readonly (readonly [index: number, note: string])[],
  figure: (index: number, note: string) => Promise<string>,
): Promise<string> {
  const shown = await Promise.all(list.slice(0, SHOWN).map(([index, note]) => figure(index, note)));
  return `<div class="gallery">${shown.join('')}</div>${rest(list.length, SHOWN)}`;
}
