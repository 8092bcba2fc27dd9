import type { Diagram, DiagramEdge, DiagramNode } from '../../spec/methods/methodDescription';

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
  /** `x` and `y` are its middle. */
  readonly box: Box;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly from: Point;
  readonly to: Point;
  /** The gradient's way back, beside the arrow. */
  readonly gradientFrom: Point;
  readonly gradientTo: Point;
  /** Where the label stands. */
  readonly label: Point;
  /** Where a switch on this arrow stands. */
  readonly control: Point;
}

export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly image: Box;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** Pairs of boxes with the same weights. */
  readonly shared: readonly (readonly [Box, Box])[];
}

/** Sizes of one orientation, in the drawing's own units, which are pixels at its natural width. */
interface Measures {
  readonly width: number;
  readonly height: number;
  readonly picture: number;
  readonly network: { readonly width: number; readonly height: number };
  readonly loss: { readonly width: number; readonly height: number };
}

const ACROSS: Measures = {
  width: 720,
  height: 236,
  picture: 64,
  network: { width: 104, height: 46 },
  loss: { width: 124, height: 52 },
};
const DOWN: Measures = {
  width: 340,
  height: 452,
  picture: 58,
  network: { width: 112, height: 42 },
  loss: { width: 132, height: 50 },
};

/** The gradient's arrow runs this far beside the forward one. */
const GRADIENT_OFFSET = 11;
/** Arrows end this far from a box. */
const CLEARANCE = 3;

/** How many arrows lead to each node, at most. */
function ranksOf({ nodes, edges }: Diagram): Map<string, number> {
  const ranks = new Map(nodes.map((node) => [node.id, 0]));
  // A chain is at most as long as there are nodes.
  for (let i = 0; i < nodes.length; i++) {
    for (const { from, to } of edges) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
    }
  }
  return ranks;
}

/** Places a method's diagram: from left to right, or, where the page is narrow, from top to bottom. */
export function layoutDiagram(diagram: Diagram, narrow: boolean): DiagramLayout {
  const measures = narrow ? DOWN : ACROSS;
  const { width, height, picture } = measures;
  const ranks = ranksOf(diagram);
  const last = Math.max(1, ...ranks.values());

  const sizeOf = (kind: DiagramNode['kind']) => {
    if (kind === 'network') return measures.network;
    return kind === 'loss' ? measures.loss : { width: picture, height: picture };
  };
  const place = (rank: number, branch: DiagramNode['branch'], size: { width: number; height: number }): Box => {
    // The picture that both views are made of stands before rank 0; the loss at the far end touches the edge.
    const side = branch === 'both' ? 0.5 : branch === 1 ? 0.25 : 0.75;
    const start = (narrow ? picture : picture * 2) + 26;
    const end = narrow ? height - measures.loss.height / 2 - 4 : width - measures.loss.width / 2 - 4;
    const along = start + (narrow ? picture : 0) * 0.5 + (rank / last) * (end - start - (narrow ? picture : 0) * 0.5);
    const across = side * (narrow ? width : height);
    return narrow ? { x: across, y: along, ...size } : { x: along, y: across, ...size };
  };

  const nodes = diagram.nodes.map((node) => ({
    node,
    box: place(ranks.get(node.id) ?? 0, node.branch, sizeOf(node.kind)),
  }));
  const boxes = new Map(nodes.map(({ node, box }) => [node.id, { node, box }]));
  const image: Box = narrow
    ? { x: width / 2, y: picture / 2 + 2, width: picture, height: picture }
    : { x: picture / 2 + 2, y: height / 2, width: picture, height: picture };

  const edges: PlacedEdge[] = [];
  for (const edge of diagram.edges) {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (from !== undefined && to !== undefined) edges.push(placeEdge(edge, from, to, narrow));
  }
  const groups = nodes.filter(({ node }) => node.shared === true);
  const shared = groups.flatMap((one, i) =>
    groups
      .slice(i + 1)
      .filter((other) => other.node.label === one.node.label)
      .map((other) => [one.box, other.box] as const),
  );
  return { width, height, image, nodes, edges, shared };
}

type Placed = { readonly node: DiagramNode; readonly box: Box };

function placeEdge(edge: DiagramEdge, from: Placed, to: Placed, narrow: boolean): PlacedEdge {
  // Two branches meet at the loss side by side, not in one point.
  const spread = to.node.branch === 'both' ? (from.node.branch === 1 ? -1 : 1) * (narrow ? 26 : 11) : 0;
  const start: Point = narrow
    ? { x: from.box.x, y: from.box.y + from.box.height / 2 + CLEARANCE }
    : { x: from.box.x + from.box.width / 2 + CLEARANCE, y: from.box.y };
  const end: Point = narrow
    ? { x: to.box.x + spread, y: to.box.y - to.box.height / 2 - CLEARANCE }
    : { x: to.box.x - to.box.width / 2 - CLEARANCE, y: to.box.y + spread };
  const along = (share: number): Point => ({
    x: start.x + (end.x - start.x) * share,
    y: start.y + (end.y - start.y) * share,
  });
  // The gradient runs below the arrow or, downwards, on the side of the other branch; words stand on the other side.
  const inward = narrow ? (from.node.branch === 1 ? 1 : -1) : 1;
  const beside = ({ x, y }: Point, by: number): Point => (narrow ? { x: x + by * inward, y } : { x, y: y + by });
  return {
    edge,
    from: start,
    to: end,
    gradientFrom: beside(end, GRADIENT_OFFSET),
    gradientTo: beside(start, GRADIENT_OFFSET),
    label: beside(along(0.5), narrow ? -14 : -13),
    control: narrow ? { x: Math.min(along(0.2).x, DOWN.width - 84), y: along(0.2).y } : beside(along(0.56), 46),
  };
}
