import { describe, expect, it } from 'vitest';
import { describeCase, networkCase, REFERENCE } from '../../../src/bench/cases';
import { widened } from '../../../src/bench/widened';
import { basicBlock } from '../../../src/domain/backbones/residualBlocks';
import { residualNetwork } from '../../../src/domain/backbones/residualNetwork';
import { presetConfig } from '../../../src/domain/presets';

describe('a benchmark’s network', () => {
  it('is described by its layers', () => {
    expect(describeCase(networkCase('reference', REFERENCE))).toBe(
      'batch 32 x 2, 32 px, widths 16/32/64, blocks 1/1/1, stem stride 1, projector 2 x 256 to 256, predictor 64',
    );
    expect(describeCase(networkCase('ResNet-18', presetConfig('resnet18'), { batch: 8 }))).toBe(
      'batch 8 x 2, 32 px, widths 64/128/256/512, blocks 2/2/2/2, stem stride 1, projector 2 x 2048 to 2048, predictor 512',
    );
  });

  it('is made wider layer by layer', () => {
    const stages = { blocks: [1, 2], strides: [1, 2] };
    const options = { stem: 'cifar', stemStride: 1, zeroInitResidual: true, convolutionInit: 'uniformFanIn' } as const;
    expect(widened(residualNetwork({ ...stages, widths: [8, 16] }, basicBlock, options), 0.5)).toEqual(
      residualNetwork({ ...stages, widths: [4, 8] }, basicBlock, options),
    );
  });
});
