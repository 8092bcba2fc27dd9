import { i32 } from '../assembler';
import { defineKernel, type Kernel, type Variant } from '../kernel';
import { at, eachGroup, FLOAT, GROUP, groupsOf } from '../lanes';
import { type PackedMatrices, packedInputs, packedOutputs, panelsFloats, writePanelPart } from '../panels';
import { type TileSize, WEIGHTS } from './lines';
import { gapped } from './tiling';
import { writeTileTransform } from './transform';

const TAPS = 9;

/** Bytes from the panels of one plane of transformed weights to those of the next. */
export const weightPlaneBytes = (inputs: number, outputs: number): number =>
  gapped(panelsFloats(inputs, outputs) * FLOAT);

/** Bytes of all planes. */
export const winogradWeightBytes = (m: TileSize, inputs: number, outputs: number): number =>
  (m + 2) ** 2 * weightPlaneBytes(inputs, outputs);

/**
 * `(weights, panels)`: the transformed weights G w G^T of [3, 3, Cin, Cout], each of the (m + 2)^2 planes in panels. For the input
 * gradient, kernels are rotated by 180 degrees and input and output channels are exchanged. A unit is a panel.
 */
export function packWinogradWeights(
  [inChannels, outChannels]: readonly [number, number],
  m: TileSize,
  of: 'forward' | 'inputGradient',
  variant: Variant,
): Kernel<'weights' | 'panels'> {
  const transposed = of === 'inputGradient';
  const matrices: PackedMatrices = {
    rows: inChannels,
    columns: outChannels,
    taps: Array.from({ length: TAPS }, (_, tap) => (transposed ? TAPS - 1 - tap : tap)),
    transposed,
  };
  const [inputs, outputs] = [packedInputs(matrices), packedOutputs(matrices)];
  const tapBytes = gapped(inputs * GROUP * FLOAT);
  const plane = weightPlaneBytes(inputs, outputs);
  return defineKernel({
    name: `winogradWeights${m}-${of}-${inChannels}x${outChannels}${variant.fma ? '-fma' : ''}`,
    buffers: ['weights', 'panels'],
    units: groupsOf(outputs).count,
    scratchBytes: TAPS * tapBytes,
    write(f, { weights, panels, scratch, from, to }) {
      const { matrix, source, target } = f.locals('i32', 'matrix', 'source', 'target');
      eachGroup(f, outputs, [from, to], (group, index) => {
        matrices.taps.forEach((tap, place) => {
          f.set(matrix, i32.add(weights, tap * inChannels * outChannels * FLOAT));
          f.set(target, i32.add(scratch, place * tapBytes));
          writePanelPart(f, matrices, group, index, matrix, target);
        });
        f.set(source, scratch);
        f.set(target, at(panels, index, inputs * GROUP * FLOAT));
        f.times(inputs * group.vectors, () => {
          writeTileTransform(f, variant, WEIGHTS[m], source, { row: 3 * tapBytes, column: tapBytes }, target, {
            row: (m + 2) * plane,
            column: plane,
          });
          f.advance(source, 16);
          f.advance(target, 16);
        });
      });
    },
  });
}
