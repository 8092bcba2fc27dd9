import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../src/domain/methods/registry';
import { presetConfig } from '../../../src/domain/presets';
import type { RunConfig } from '../../../src/domain/runConfig';
import { type Box, layoutDiagram } from '../../../src/ui/diagram/layout';

/** Settings that change a method's diagram. */
const VARIANTS: readonly (readonly [MethodName, Partial<RunConfig>])[] = [
  ...METHOD_NAMES.flatMap((method) => [
    [method, {}] as const,
    [method, { predictor: 'none' }] as const,
    [method, { predictor: 'fixed' }] as const,
    [method, { predictor: 'trained' }] as const,
    [method, { stopGradient: false }] as const,
    [method, { stopGradient: true, predictor: 'trained' }] as const,
  ]),
  ['simsiam', { momentumEncoder: true }],
  ['simsiam', { movingAverageTarget: true, predictor: 'none' }],
  ['simsiam', { alternation: 100 }],
  ['swav', { queueLength: 0 }],
];

const drawn = (method: MethodName, change: Partial<RunConfig>) =>
  METHODS[method].diagram({ ...presetConfig('small', 'fashion-mnist', method), ...change });

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;
}

describe.each([
  ['across', false],
  ['down', true],
])('layoutDiagram, %s', (_, narrow) => {
  it.each(VARIANTS)('%s %j: every box inside, apart, and wide enough for its words', (method, change) => {
    const layout = layoutDiagram(drawn(method, change), narrow);
    const boxes = [layout.image, ...layout.nodes.map(({ box }) => box)];
    for (const [i, box] of boxes.entries()) {
      expect(box.x - box.width / 2).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width / 2).toBeLessThanOrEqual(layout.width);
      expect(box.y - box.height / 2).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height / 2).toBeLessThanOrEqual(layout.height);
      for (const other of boxes.slice(i + 1)) expect(overlap(box, other)).toBe(false);
    }
    for (const { node, box } of layout.nodes) {
      // A letter of 13 px is about 7 px wide.
      if (node.kind === 'view') continue;
      expect(7 * node.label.length, node.label).toBeLessThanOrEqual(box.width);
      expect(6.6 * (node.detail ?? '').length, node.detail).toBeLessThanOrEqual(box.width);
    }
  });

  it.each(VARIANTS)('%s %j: arrows lead on, links and edges name boxes that are there', (method, change) => {
    const diagram = drawn(method, change);
    const layout = layoutDiagram(diagram, narrow);
    expect(layout.edges).toHaveLength(diagram.edges.length);
    expect(layout.links).toHaveLength(diagram.links.length);
    for (const { from, to } of layout.edges) {
      expect(narrow ? to.y - from.y : to.x - from.x).toBeGreaterThan(10);
    }
  });

  it.each(VARIANTS)('%s %j: a switch is on its arrow, off every box and inside', (method, change) => {
    const layout = layoutDiagram(drawn(method, change), narrow);
    for (const { edge, control } of layout.edges) {
      if (edge.control === undefined) continue;
      expect(edge.control).toBe('stopGradient');
      const pill: Box = { ...control, width: 150, height: 34 };
      for (const { box, node } of layout.nodes) expect(overlap(pill, box), node.id).toBe(false);
      expect(control.x + 75).toBeLessThanOrEqual(layout.width);
      expect(control.y + 17).toBeLessThanOrEqual(layout.height + 8);
    }
  });
});

describe('what the diagrams say', () => {
  const backwards = (method: MethodName, change: Partial<RunConfig> = {}) =>
    drawn(method, change)
      .edges.filter(({ gradient }) => gradient)
      .map(({ from }) => from)
      .sort();

  it('the gradient reaches the second branch unless it is stopped', () => {
    expect(backwards('simsiam')).toEqual(['f1', 'h']);
    expect(backwards('simsiam', { stopGradient: false })).toEqual(['f1', 'f2', 'h']);
    expect(backwards('byol')).toEqual(['f1', 'h']);
    expect(backwards('simclr')).toContain('f2');
    expect(backwards('simclr', { stopGradient: true })).not.toContain('f2');
    expect(backwards('swav')).toEqual(['C1', 'f1']);
    expect(backwards('swav', { stopGradient: false })).toEqual(['C1', 'C2', 'f1', 'f2', 'sinkhorn']);
  });

  it('a follower has a link of that kind', () => {
    const links = (method: MethodName, change: Partial<RunConfig> = {}) =>
      drawn(method, change).links.map(({ kind, label }) => [kind, label]);
    expect(links('byol')).toEqual([['follows', 'moving average']]);
    expect(links('simsiam')).toEqual([['shared', 'same weights']]);
    expect(links('simsiam', { momentumEncoder: true })).toEqual([['follows', 'moving average']]);
    expect(links('simsiam', { alternation: 10 })).toEqual([['follows', 'every 10 steps']]);
    expect(links('simsiam', { alternation: 0 })).toEqual([['follows', 'every epoch']]);
  });

  it('stop-gradient is a switch where it has an effect', () => {
    const controls = (method: MethodName, change: Partial<RunConfig> = {}) =>
      drawn(method, change).edges.flatMap(({ control }) => control ?? []);
    expect(controls('simsiam')).toEqual(['stopGradient']);
    expect(controls('simclr')).toEqual(['stopGradient']);
    expect(controls('swav')).toEqual(['stopGradient']);
    expect(controls('byol')).toEqual([]);
    expect(controls('simsiam', { momentumEncoder: true })).toEqual([]);
  });
});
