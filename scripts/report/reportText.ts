import { clusterDoubt } from '../../src/domain/clusterDoubt';
import { counted } from '../../src/domain/counted';
import { QUALITY_KINDS } from '../../src/domain/exploration';
import { isLeak } from '../../src/domain/leaks';
import type { AboutFolder } from './reportJson';

/** The report in some lines. */
export function textReport({ report, images, verdict, featuresOf }: AboutFolder): string {
  const { exact, near, alike, clusters, noise, outliers, quality } = report;
  const leaks = [...exact, ...near.map(({ a, b }) => [a, b])].filter((group) => isLeak(images, group)).length;
  const kinds = QUALITY_KINDS.flatMap((kind) => {
    const count = quality.filter((finding) => finding.kind === kind).length;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${kind}`];
  });
  const doubt = clusterDoubt(images.count - noise.length, images.count);
  return [
    `${images.name}: ${counted(images.count, 'image')}, compared by ${featuresOf}`,
    `exact duplicates: ${counted(exact.length, 'group')}`,
    `near duplicates: ${counted(near.length, 'pair')}`,
    ...(leaks === 0 ? [] : [`of these, on both sides of train and test: ${leaks.toLocaleString('en')}`]),
    `alike: ${counted(alike.length, 'pair')}`,
    `clusters: ${clusters.length}; in none: ${counted(noise.length, 'image')}`,
    ...(doubt === null ? [] : [doubt]),
    `outliers: ${counted(outliers.length, 'image')}`,
    `quality: ${kinds.length === 0 ? 'nothing found' : kinds.join(', ')}`,
    ...(verdict === null ? [] : ['', verdict.sentence, ...verdict.advice.map((line) => `- ${line}`)]),
  ].join('\n');
}
