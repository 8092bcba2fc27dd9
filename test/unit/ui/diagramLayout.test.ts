import { describe, expect, it } from 'vitest';
import { simsiam } from '../../../src/spec/methods/simsiam';
import { presetConfig } from '../../../src/spec/presets';
import type { RunConfig } from '../../../src/spec/runConfig';
import { type Box, layoutDiagram } from '../../../src/ui/diagram/layout';

const CONFIGS: Record<string, Partial<RunConfig>> = {
  default: {},
  'without stop-gradient': { stopGradient: false },
  'without predictor': { predictor: 'none' },
};

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;
}

describe.each([
  ['across', false],
  ['down', true],
])('layoutDiagram, %s', (_, narrow) => {
  it.each(Object.entries(CONFIGS))('keeps every box inside and apart: %s', (_name, change) => {
    const layout = layoutDiagram(simsiam.diagram({ ...presetConfig('small'), ...change }), narrow);
    const boxes = [layout.image, ...layout.nodes.map(({ box }) => box)];
    for (const [i, box] of boxes.entries()) {
      expect(box.x - box.width / 2).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width / 2).toBeLessThanOrEqual(layout.width);
      expect(box.y - box.height / 2).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height / 2).toBeLessThanOrEqual(layout.height);
      for (const other of boxes.slice(i + 1)) expect(overlap(box, other)).toBe(false);
    }
  });

  it('has the switch on the target’s arrow, off every box', () => {
    const layout = layoutDiagram(simsiam.diagram(presetConfig('small')), narrow);
    const controlled = layout.edges.filter(({ edge }) => edge.control !== undefined);
    expect(controlled.map(({ edge }) => edge.control)).toEqual(['stopGradient']);
    const { control } = controlled[0]!;
    const pill: Box = { ...control, width: 150, height: 34 };
    for (const { box } of layout.nodes) expect(overlap(pill, box)).toBe(false);
  });

  it('joins the two encoders, which have the same weights', () => {
    const layout = layoutDiagram(simsiam.diagram(presetConfig('small')), narrow);
    expect(layout.shared).toHaveLength(1);
  });
});
