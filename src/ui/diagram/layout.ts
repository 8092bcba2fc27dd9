import type { Diagram, DiagramEdge, DiagramLink, DiagramNode } from '../../domain/methods/methodDescription';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode {
  readonly node: DiagramNode;
  /** `x` and `y` are the centre. */
  readonly box: Box;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly from: Point;
  readonly to: Point;
  /** The ends of the gradient's arrow, beside the forward arrow. */
  readonly gradientFrom: Point;
  readonly gradientTo: Point;
  /** Position of the label. */
  readonly label: Point;
  /** Position of a switch on this arrow. */
  readonly control: Point;
}

export interface PlacedLink {
  readonly link: DiagramLink;
  readonly from: Point;
  readonly to: Point;
  /** Positions of the label's lines. Between boxes side by side there is room for one word above and one below. */
  readonly lines: readonly { readonly text: string; readonly at: Point; readonly anchor: 'start' | 'middle' }[];
}

export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly image: Box;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly links: readonly PlacedLink[];
}

/** Sizes of one orientation, in the drawing's own units, which are pixels at its natural width. */
interface Measures {
  readonly width: number;
  readonly height: number;
  readonly picture: number;
  readonly box: Size;
  /** Distance between the two branches. */
  readonly memory: Size;
  readonly loss: Size;
  /** Distance at the loss between the ends of the arrows from the two branches and from the middle. */
  readonly spread: { readonly two: number; readonly three: number };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const ACROSS: Measures = {
  width: 610,
  height: 228,
  picture: 56,
  box: { width: 100, height: 44 },
  memory: { width: 84, height: 42 },
  loss: { width: 116, height: 52 },
  spread: { two: 11, three: 22 },
};
const DOWN: Measures = {
  width: 340,
  height: 452,
  picture: 58,
  box: { width: 112, height: 42 },
  memory: { width: 72, height: 42 },
  loss: { width: 132, height: 50 },
  spread: { two: 26, three: 46 },
};
/** Extra length per box beyond three in a row. */
const MORE = { across: { width: 100, height: 14 }, down: { width: 0, height: 120 } };
/** Extra space for a third row, between the branches. */
const BETWEEN = { across: { width: 0, height: 30 }, down: { width: 46, height: 20 } };

/** Sizes for a diagram with that many columns. */
function measuresFor({ nodes }: Diagram, last: number, narrow: boolean): Measures {
  const base = narrow ? DOWN : ACROSS;
  const more = narrow ? MORE.down : MORE.across;
  const between = narrow ? BETWEEN.down : BETWEEN.across;
  const extra = Math.max(0, last - 3);
  const has = nodes.some(({ kind, branch }) => kind === 'memory' && branch === 'both') ? 1 : 0;
  const detailed = nodes.some(({ kind, detail }) => kind === 'loss' && detail !== undefined) ? 1 : 0;
  return {
    ...base,
    width: base.width + extra * more.width + has * between.width,
    height: base.height + extra * more.height + has * between.height,
    loss: { ...base.loss, height: base.loss.height + detailed * 18 },
  };
}

/** Distance of the gradient's arrow from the forward one. */
const GRADIENT_OFFSET = 11;
/** Gap between an arrow's end and the box. */
const CLEARANCE = 3;

/** The largest number of arrows on a path to each node. */
function ranksOf({ nodes, edges }: Diagram): Map<string, number> {
  const ranks = new Map(nodes.map((node) => [node.id, 0]));
  // A path has fewer arrows than there are nodes.
  for (let i = 0; i < nodes.length; i++) {
    for (const { from, to } of edges) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
    }
  }
  return ranks;
}

/** Places a method's diagram: from left to right, or, where the page is narrow, from top to bottom. */
export function layoutDiagram(diagram: Diagram, narrow: boolean): DiagramLayout {
  const ranks = ranksOf(diagram);
  const last = Math.max(1, ...ranks.values());
  const measures = measuresFor(diagram, last, narrow);
  const { width, height, picture } = measures;

  const sizeOf = ({ kind, branch }: DiagramNode): Size => {
    if (kind === 'view') return { width: picture, height: picture };
    if (kind === 'loss') return measures.loss;
    return branch === 'both' ? measures.memory : measures.box;
  };
  const place = (rank: number, branch: DiagramNode['branch'], size: { width: number; height: number }): Box => {
    // The image from which the views are made is placed before rank 0; the loss at the other end touches the edge.
    const side = branch === 'both' ? 0.5 : branch === 1 ? 0.25 : 0.75;
    const start = (narrow ? picture : picture * 2) + 26;
    const end = narrow ? height - measures.loss.height / 2 - 4 : width - measures.loss.width / 2 - 4;
    const along = start + (narrow ? picture : 0) * 0.5 + (rank / last) * (end - start - (narrow ? picture : 0) * 0.5);
    const across = side * (narrow ? width : height);
    return narrow ? { x: across, y: along, ...size } : { x: along, y: across, ...size };
  };

  const nodes = diagram.nodes.map((node) => ({
    node,
    box: place(ranks.get(node.id) ?? 0, node.branch, sizeOf(node)),
  }));
  const boxes = new Map(nodes.map(({ node, box }) => [node.id, { node, box }]));
  const image: Box = narrow
    ? { x: width / 2, y: picture / 2 + 2, width: picture, height: picture }
    : { x: picture / 2 + 2, y: height / 2, width: picture, height: picture };

  const edges: PlacedEdge[] = [];
  for (const edge of diagram.edges) {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (from === undefined || to === undefined) continue;
    const arriving = diagram.edges.filter((other) => other.to === edge.to).length;
    const spread = arriving > 2 ? measures.spread.three : measures.spread.two;
    edges.push(placeEdge(edge, from, to, { narrow, spread, width }));
  }
  const links = diagram.links.flatMap((link) => {
    const from = boxes.get(link.from);
    const to = boxes.get(link.to);
    return from === undefined || to === undefined ? [] : [placeLink(link, from.box, to.box)];
  });
  return { width, height, image, nodes, edges, links };
}

/** A link between two boxes, one above or beside the other. */
function placeLink(link: DiagramLink, one: Box, other: Box): PlacedLink {
  if (one.y !== other.y) {
    const from = { x: one.x, y: one.y + one.height / 2 + 4 };
    const to = { x: other.x, y: other.y - other.height / 2 - 4 };
    const at = { x: one.x + 8, y: (one.y + other.y) / 2 };
    return { link, from, to, lines: link.label === '' ? [] : [{ text: link.label, at, anchor: 'start' }] };
  }
  const from = { x: one.x + one.width / 2 + 4, y: one.y };
  const to = { x: other.x - other.width / 2 - 4, y: other.y };
  const [first, ...rest] = link.label.split(' ');
  const x = (one.x + other.x) / 2;
  return {
    link,
    from,
    to,
    lines:
      link.label === ''
        ? []
        : [
            { text: first, at: { x, y: one.y - 10 }, anchor: 'middle' },
            { text: rest.join(' '), at: { x, y: one.y + 11 }, anchor: 'middle' },
          ],
  };
}

type Placed = { readonly node: DiagramNode; readonly box: Box };

interface Surroundings {
  readonly narrow: boolean;
  /** Distance from the middle at which an arrow meets a box between the branches. */
  readonly spread: number;
  readonly width: number;
}

/** Half of a switch's width and height in the drawing's units, with a margin, since the switch is not scaled down with a wide drawing. */
const SWITCH = { width: 79, height: 24 };

function placeEdge(edge: DiagramEdge, from: Placed, to: Placed, { narrow, spread, width }: Surroundings): PlacedEdge {
  // The arrows of the two branches end at the loss side by side, not in one point.
  const side = { 1: -1, 2: 1, both: 0 }[from.node.branch];
  const off = to.node.branch === 'both' ? side * spread : 0;
  const start: Point = narrow
    ? { x: from.box.x, y: from.box.y + from.box.height / 2 + CLEARANCE }
    : { x: from.box.x + from.box.width / 2 + CLEARANCE, y: from.box.y };
  const end: Point = narrow
    ? { x: to.box.x + off, y: to.box.y - to.box.height / 2 - CLEARANCE }
    : { x: to.box.x - to.box.width / 2 - CLEARANCE, y: to.box.y + off };
  const along = (share: number): Point => ({
    x: start.x + (end.x - start.x) * share,
    y: start.y + (end.y - start.y) * share,
  });
  // The gradient's arrow is below the forward one or, in the vertical layout, on the side of the other branch; labels are opposite.
  const inward = narrow ? (from.node.branch === 1 ? 1 : -1) : 1;
  const beside = ({ x, y }: Point, by: number): Point => (narrow ? { x: x + by * inward, y } : { x, y: y + by });
  return {
    edge,
    from: start,
    to: end,
    gradientFrom: beside(end, GRADIENT_OFFSET),
    gradientTo: beside(start, GRADIENT_OFFSET),
    label: beside(along(0.5), narrow ? -14 : -13),
    control: narrow ? switchDown(along(0.2), start, width) : switchAcross(along(0.56), from.box, width),
  };
}

/** Position of a switch below its arrow, and below the box where the arrow starts if it would cover that box. */
function switchAcross(on: Point, from: Box, width: number): Point {
  const x = Math.min(on.x, width - SWITCH.width);
  const covers = x - SWITCH.width < from.x + from.width / 2;
  return { x, y: covers ? Math.max(on.y + 46, from.y + from.height / 2 + SWITCH.height) : on.y + 46 };
}

/** Position of a switch on the arrow, below the box above it. */
function switchDown(on: Point, start: Point, width: number): Point {
  return { x: Math.min(on.x, width - SWITCH.width - 5), y: Math.max(on.y, start.y + SWITCH.height) };
}
