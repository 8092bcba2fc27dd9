import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useDisclosure, useElementSize } from '@mantine/hooks';
import { IconHelp } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { DiagramNode } from '../../domain/methods/methodDescription';
import { METHODS } from '../../domain/methods/registry';
import type { RunConfig } from '../../domain/runConfig';
import { shownConfig } from '../../session/run/runStore';
import { useRun } from '../lab';
import { Section } from '../layout/Section';
import { inWords } from '../numbers';
import { Arrow } from './Arrow';
import classes from './Diagram.module.css';
import { EdgeSwitch } from './EdgeSwitch';
import { Formula } from './Formula';
import { type Box, type DiagramLayout, layoutDiagram, type PlacedLink } from './layout';
import { SwitchStrip } from './SwitchStrip';
import { ViewPictures } from './ViewPictures';

/** Below this width the switch is shown with what it connects, and the whole step, from top to bottom, on demand. */
const NARROW = 440;
/** Distance between two lines of text in a box. */
const LINE = 17;

/** The style of each kind of node; those trained by the gradient have the plain box. */
const KIND_CLASS: Partial<Record<DiagramNode['kind'], string>> = {
  follower: classes.follower,
  operation: classes.operation,
  memory: classes.memory,
};

/** The training step drawn as in the paper's Figures 1 and 3, with current images and the stop-gradient switch on its arrow. */
export function StepDiagram({ className }: { readonly className?: string | undefined }) {
  const { ref, width } = useElementSize();
  // The first drawing precedes the measurement; on a phone it is as wide as the page.
  const narrow = (width === 0 ? window.innerWidth : width) < NARROW;
  const [isWhole, { toggle }] = useDisclosure(false);
  // The diagram as text, so that it is drawn again only when it changes.
  const settings = useRun((run) => JSON.stringify(shownConfig(run)));
  const { diagram, layout, title } = useMemo(() => {
    const config = JSON.parse(settings) as RunConfig;
    const drawn = METHODS[config.method].diagram(config);
    return { diagram: drawn, layout: layoutDiagram(drawn, narrow), title: METHODS[config.method].title };
  }, [settings, narrow]);
  const loss = useRun((run) => run.latest.loss);

  return (
    <Section
      className={className}
      part="diagram"
      title={`One step of ${title}`}
      note={<CaptionHelp caption={diagram.caption} />}
      aside={narrow ? <WholeButton isWhole={isWhole} onToggle={toggle} /> : <Legend />}
    >
      {narrow && <SwitchStrip diagram={diagram} />}
      <div ref={ref} />
      <div hidden={narrow && !isWhole}>
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
            {layout.links.map((placed) => (
              <Link key={`${placed.link.from} ${placed.link.to}`} placed={placed} />
            ))}
            {layout.edges.map((placed) => (
              <Arrow
                key={`${placed.edge.from} ${placed.edge.to}`}
                placed={placed}
                learns={placed.edge.gradient || placed.edge.control !== undefined}
                isFreed={placed.edge.control !== undefined && placed.edge.gradient}
              />
            ))}
            {layout.nodes
              .filter(({ node }) => node.kind !== 'view')
              .map(({ node, box }) => (
                <NodeBox key={node.id} node={node} box={box} loss={loss} />
              ))}
          </svg>
          <ViewPictures layout={layout} />
          {layout.edges.map(
            ({ edge, control }) =>
              !narrow &&
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
      {(!narrow || isWhole) && <Formula formula={diagram.formula} />}
    </Section>
  );
}

/** What the drawing shows, in a sentence. */
function CaptionHelp({ caption }: { readonly caption: string }) {
  return (
    <Tooltip label={caption} position="bottom-start">
      <ActionIcon variant="transparent" color="gray" size={20} aria-label="Help: what the drawing shows">
        <IconHelp size={15} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function WholeButton({ isWhole, onToggle }: { readonly isWhole: boolean; onToggle(): void }) {
  return (
    <Button size="compact-xs" variant="subtle" aria-expanded={isWhole} onClick={onToggle}>
      {isWhole ? 'Hide the whole step' : 'The whole step'}
    </Button>
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
      <marker id="freed-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
        <path className={classes.freedHead} d="M0 0.5L10 5L0 9.5z" />
      </marker>
      <marker id="follows-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
        <path className={classes.followsHead} d="M0 0.5L10 5L0 9.5z" />
      </marker>
    </defs>
  );
}

/** The lines from the image to its views. */
function SplitArrows({ layout }: { readonly layout: DiagramLayout }) {
  const { image } = layout;
  return layout.nodes
    .filter(({ node }) => node.kind === 'view')
    .map(({ node, box }) => {
      const [dx, dy] = [box.x - image.x, box.y - image.y];
      const length = Math.hypot(dx, dy);
      const half = image.width / 2 + 8;
      // The line starts and ends where it crosses the edges of the squares.
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

/** A link between two boxes: the same weights, or one follows the other. */
function Link({ placed: { link, from, to, lines } }: { readonly placed: PlacedLink }) {
  const follows = link.kind === 'follows';
  return (
    <g>
      <path
        className={follows ? classes.follows : classes.shared}
        d={`M${from.x} ${from.y}L${to.x} ${to.y}`}
        {...(follows ? { markerEnd: 'url(#follows-head)' } : {})}
      />
      {lines.map(({ text, at, anchor }) => (
        <text key={text} className={classes.note} x={at.x} y={at.y} textAnchor={anchor}>
          {text}
        </text>
      ))}
    </g>
  );
}

interface NodeBoxProps {
  readonly node: DiagramNode;
  readonly box: Box;
  readonly loss: number | undefined;
}

/** A box with its lines of text; the loss shows its value. */
function NodeBox({ node, box, loss }: NodeBoxProps) {
  const lines = [
    { text: node.label, className: classes.name },
    ...(node.detail === undefined ? [] : [{ text: node.detail, className: classes.value }]),
    ...(node.kind === 'loss'
      ? [{ text: loss === undefined ? 'L' : `L = ${inWords(loss, 3)}`, className: classes.value }]
      : []),
  ];
  return (
    <g>
      <rect
        className={`${classes.box} ${KIND_CLASS[node.kind] ?? ''}`}
        x={box.x - box.width / 2}
        y={box.y - box.height / 2}
        width={box.width}
        height={box.height}
        rx={7}
      />
      {lines.map(({ text, className }, i) => (
        <text key={className + text} className={className} x={box.x} y={box.y + (i - (lines.length - 1) / 2) * LINE}>
          {text}
        </text>
      ))}
    </g>
  );
}
