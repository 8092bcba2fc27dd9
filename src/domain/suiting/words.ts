import { METHODS } from '../methods/registry';
import type { RunConfig } from '../runConfig';

/** What candidates of a search differ in: “SimCLR, rate 0.17, batch 32, crops from 20 %”. */
export function candidateInWords({ method, baseLearningRate, batchSize, augment }: RunConfig): string {
  const { enabled, scaleMin } = augment.crop;
  const crop = enabled ? `crops from ${Math.round(100 * scaleMin)} %` : 'no crops';
  return `${METHODS[method].title}, rate ${Number(baseLearningRate.toPrecision(2))}, batch ${batchSize}, ${crop}`;
}
