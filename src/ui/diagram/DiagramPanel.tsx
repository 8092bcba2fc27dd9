import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { shownConfig } from '../../session/runStore';
import { METHODS } from '../../spec/methods/registry';
import type { RunConfig } from '../../spec/runConfig';
import { useRun } from '../lab';
import { Panel } from '../layout/Panel';
import { inWords } from '../numbers';
import { Arrow } from './Arrow';
import classes from './Diagram.module.css';
import { EdgeSwitch } from './EdgeSwitch';
import { Formula } from './Formula';
import { type Box, type DiagramLayout, layoutDiagram } from './layout';
import { ViewPictures } from './ViewPictures';

/** Below this width the diagram runs from top to bottom. */
const NARROW = 520;

/** The step as the paper's Figure 1, with the images of the moment, and the stop-gradient as a switch on its arrow. */
export function DiagramPanel() {
  const { ref, width } = useElementSize();
  const narrow = width > 0 && width < NARROW;
  // What the diagram depends on, as text: it is drawn again only when one of these changes.
  const settings = useRun((run) => JSON.stringify(shownConfig(run)));
  const { diagram, layout } = useMemo(() => {
    const config = JSON.parse(settings) as RunConfig;
    const drawn = METHODS[config.method].diagram(config);
    return { diagram: drawn, layout: layoutDiagram(drawn, narrow) };
  }, [settings, narrow]);
  const loss = useRun((run) => run.latest.loss);

  return (
    <Panel title="How an update works" aside={<Legend />}>
      <div ref={ref}>
        <div
          className={classes.diagram}
          style={{ aspectRatio: `${layout.width} / ${layout.height}`, maxWidth: layout.width * 1.3 }}
        >
          <svg
            className={classes.svg}
            viewBox={`0 0 ${layout.width} ${layout.height}`}
            role="img"
            aria-label={diagram.caption}
          >
            <Heads />
            <SplitArrows layout={layout} />
            {layout.shared.map(([one, other]) => (
              <SameWeights key={`${one.x} ${one.y}`} one={one} other={other} />
            ))}
            {layout.edges.map((placed) => (
              <Arrow
                key={`${placed.edge.from} ${placed.edge.to}`}
                placed={placed}
                learns={placed.edge.gradient || placed.edge.control !== undefined}
              />
            ))}
            {layout.nodes
              .filter(({ node }) => node.kind !== 'view')
              .map(({ node, box }) => (
                <g key={node.id}>
                  <BoxShape box={box} />
                  <text className={classes.name} x={box.x} y={node.kind === 'loss' ? box.y - 9 : box.y}>
                    {node.label}
                  </text>
                  {node.kind === 'loss' && (
                    <text className={classes.value} x={box.x} y={box.y + 11}>
                      {loss === undefined ? 'L' : `L = ${inWords(loss, 3)}`}
                    </text>
                  )}
                </g>
              ))}
          </svg>
          <ViewPictures layout={layout} />
          {layout.edges.map(
            ({ edge, control }) =>
              edge.control !== undefined && (
                <div
                  key={edge.control}
                  className={classes.control}
                  style={{ left: `${(100 * control.x) / layout.width}%`, top: `${(100 * control.y) / layout.height}%` }}
                >
                  <EdgeSwitch path={edge.control} />
                </div>
              ),
          )}
        </div>
      </div>
      <Formula formula={diagram.formula} />
      <Text size="sm" c="dimmed" className={classes.caption}>
        {diagram.caption}
      </Text>
    </Panel>
  );
}

function Legend() {
  return (
    <span className={classes.legend}>
      <svg width="26" height="8" aria-hidden>
        <path className={classes.forward} d="M1 4H25" />
      </svg>
      forward
      <svg width="26" height="8" aria-hidden>
        <path className={classes.gradient} d="M1 4H25" />
      </svg>
      gradient
    </span>
  );
}

function Heads() {
  return (
    <defs>
      <marker id="forward-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
        <path className={classes.forwardHead} d="M0 0.5L10 5L0 9.5z" />
      </marker>
      <marker id="gradient-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
        <path className={classes.gradientHead} d="M0 0.5L10 5L0 9.5z" />
      </marker>
    </defs>
  );
}

/** From the image to its views. */
function SplitArrows({ layout }: { readonly layout: DiagramLayout }) {
  const { image } = layout;
  return layout.nodes
    .filter(({ node }) => node.kind === 'view')
    .map(({ node, box }) => {
      const [dx, dy] = [box.x - image.x, box.y - image.y];
      const length = Math.hypot(dx, dy);
      const half = image.width / 2 + 8;
      // Leave and enter where the line crosses the squares' edges.
      const reach = half / Math.max(Math.abs(dx) / length, Math.abs(dy) / length);
      const [ux, uy] = [(dx / length) * reach, (dy / length) * reach];
      return (
        <path
          key={node.id}
          className={classes.split}
          d={`M${image.x + ux} ${image.y + uy}L${box.x - ux} ${box.y - uy}`}
          markerEnd="url(#forward-head)"
        />
      );
    });
}

function SameWeights({ one, other }: { readonly one: Box; readonly other: Box }) {
  const level = one.y === other.y;
  const middle = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
  const d = level
    ? `M${one.x + one.width / 2 + 4} ${one.y}H${other.x - other.width / 2 - 4}`
    : `M${one.x} ${one.y + one.height / 2 + 4}V${other.y - other.height / 2 - 4}`;
  return (
    <g>
      <path className={classes.shared} d={d} />
      <text
        className={classes.note}
        x={level ? middle.x : middle.x + 8}
        y={level ? middle.y - 9 : middle.y}
        textAnchor={level ? 'middle' : 'start'}
      >
        {level ? 'shared' : 'same weights'}
      </text>
    </g>
  );
}

function BoxShape({ box }: { readonly box: Box }) {
  return (
    <rect
      className={classes.box}
      x={box.x - box.width / 2}
      y={box.y - box.height / 2}
      width={box.width}
      height={box.height}
      rx={7}
    />
  );
}
