import * as tf from '@tensorflow/tfjs';
import { type ConvGeometry, kernelShapeOf } from '../../engine/kernels/conv2d/geometry';

/**
 * The gradients of a convolution for tfjs's WASM backend, which computes the input gradient naively and has no filter gradient. Both are
 * written as one forward convolution, which XNNPACK computes at some 20 GFLOP/s a thread.
 */

/** A convolution along rows or along columns. */
interface Axis {
  readonly kernel: number;
  readonly stride: number;
  /** Zeros before the first pixel. */
  readonly pad: number;
  /** Pixels of the output. */
  readonly out: number;
}

function axesOf({ stride, pad, ...g }: ConvGeometry): { readonly rows: Axis; readonly columns: Axis } {
  return {
    rows: { kernel: g.kernelHeight, stride, pad, out: g.outHeight },
    columns: { kernel: g.kernelWidth, stride, pad, out: g.outWidth },
  };
}

/** Input pixel `stride i + residue` is multiplied with dy pixel `i + offset` by `tap` of the kernel. */
interface Tap {
  readonly residue: number;
  readonly tap: number;
  readonly offset: number;
}

function tapsOf({ kernel, stride, pad }: Axis): { taps: Tap[]; first: number; count: number } {
  const taps: Tap[] = [];
  for (let residue = 0; residue < stride; residue++) {
    for (let tap = 0; tap < kernel; tap++) {
      const offset = (residue + pad - tap) / stride;
      if (Number.isInteger(offset)) taps.push({ residue, tap, offset });
    }
  }
  const offsets = taps.map(({ offset }) => offset);
  const first = Math.min(0, ...offsets);
  return { taps, first, count: Math.max(0, ...offsets) - first + 1 };
}

/**
 * Gradient in x [N, H, W, Cin] of a convolution, from dy [N, H', W', Cout] and its kernel [kh, kw, Cin, Cout]. The input pixels of each
 * residue modulo the stride are a convolution of dy with the taps that reach them; one convolution computes all residues as separate
 * channels, which are then put in their places. At stride 1 that is the convolution with the rotated kernel.
 */
export function inputGradientByConvolution(dy: tf.Tensor4D, kernel: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  return tf.tidy(() => {
    const { batch, inHeight: height, inWidth: width, inChannels, outChannels } = g;
    const { rows, columns } = axesOf(g);
    const down = tapsOf(rows);
    const across = tapsOf(columns);
    const residues = rows.stride * columns.stride;

    const weights = kernel.dataSync();
    const turned = new Float32Array(down.count * across.count * outChannels * residues * inChannels);
    for (const y of down.taps) {
      for (const x of across.taps) {
        const place = (y.offset - down.first) * across.count + x.offset - across.first;
        const residue = y.residue * columns.stride + x.residue;
        const from = (y.tap * columns.kernel + x.tap) * inChannels * outChannels;
        for (let o = 0; o < outChannels; o++) {
          const to = ((place * outChannels + o) * residues + residue) * inChannels;
          for (let i = 0; i < inChannels; i++) turned[to + i] = weights[from + i * outChannels + o];
        }
      }
    }

    const high = Math.ceil(height / rows.stride);
    const wide = Math.ceil(width / columns.stride);
    const padding = (axis: typeof down, inputs: number, outputs: number): [number, number] => [
      -axis.first,
      Math.max(0, inputs + axis.first + axis.count - 1 - outputs),
    ];
    const all = tf.conv2d(dy, tf.tensor4d(turned, [down.count, across.count, outChannels, residues * inChannels]), 1, [
      [0, 0],
      padding(down, high, rows.out),
      padding(across, wide, columns.out),
      [0, 0],
    ]);
    const [, allHigh, allWide] = all.shape;
    const placed =
      residues === 1
        ? all
        : all
            .reshape([batch * allHigh, allWide, rows.stride, columns.stride * inChannels])
            .transpose([0, 2, 1, 3])
            .reshape<tf.Tensor4D>([batch, allHigh * rows.stride, allWide * columns.stride, inChannels]);
    const exact = placed.shape[1] === height && placed.shape[2] === width;
    return exact ? placed : tf.slice(placed, [0, 0, 0, 0], [batch, height, width, inChannels]);
  });
}

/** Input channels that are laid out as neighbouring pixels: with 3 x 3 taps they fill XNNPACK's tiles of 4 pixels. */
function channelGroup(channels: number): number {
  if (channels % 4 === 0) return 4;
  if (channels < 4) return channels;
  return channels % 2 === 0 ? 2 : 1;
}

/**
 * Gradient in the kernel [kh, kw, Cin, Cout] of a convolution, from x [N, H, W, Cin] and dy [N, H', W', Cout]: x correlated with dy, the
 * images of the batch being the channels. So dy becomes a kernel [H', W', N, Cout], and x becomes images [Cin/g, H, W g, N] in which g
 * channels are interleaved along the rows; the kernel's columns lie g apart (dilation), and the result's g kw columns are kw taps of g
 * channels.
 */
export function filterGradientByConvolution(x: tf.Tensor4D, dy: tf.Tensor4D, g: ConvGeometry): tf.Tensor4D {
  return tf.tidy(() => {
    const { batch, outHeight, outWidth, kernelHeight, kernelWidth, inChannels, outChannels, pad } = g;
    const { rows, columns } = axesOf(g);
    if (kernelHeight * kernelWidth === 1 && pad === 0) {
      // A plain product with the pixels that the stride selects, which a pooling of one pixel each takes out.
      const met = tf.avgPool(x, 1, [rows.stride, columns.stride], 'valid');
      const [left, right] = [met.reshape([-1, inChannels]), dy.reshape([-1, outChannels])];
      return tf.matMul(left, right, true).reshape<tf.Tensor4D>(kernelShapeOf(g));
    }
    const group = channelGroup(inChannels);
    const groups = inChannels / group;
    // Pixels that no tap reaches, at a stride above 1, would add rows and columns to the result.
    const reach = ({ stride, out, kernel }: Axis) => stride * (out - 1) + kernel - pad;
    const high = Math.min(g.inHeight, reach(rows));
    const wide = Math.min(g.inWidth, reach(columns));
    const cropped =
      high === g.inHeight && wide === g.inWidth ? x : tf.slice(x, [0, 0, 0, 0], [batch, high, wide, inChannels]);

    const images = cropped
      .reshape([batch, high * wide, groups, group])
      .transpose([2, 1, 3, 0])
      .reshape<tf.Tensor4D>([groups, high, wide * group, batch]);
    const kernel = dy
      .reshape([batch, outHeight * outWidth, outChannels])
      .transpose([1, 0, 2])
      .reshape<tf.Tensor4D>([outHeight, outWidth, batch, outChannels]);
    const gradient = tf.conv2d(
      images,
      kernel,
      1,
      [
        [0, 0],
        [pad, reach(rows) - high],
        [pad * group, (reach(columns) - wide) * group],
        [0, 0],
      ],
      'NHWC',
      [rows.stride, columns.stride * group],
    );
    return gradient
      .reshape([groups, kernelHeight * kernelWidth, group, outChannels])
      .transpose([1, 0, 2, 3])
      .reshape<tf.Tensor4D>(kernelShapeOf(g));
  });
}
