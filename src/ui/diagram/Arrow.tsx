import classes from './Diagram.module.css';
import type { PlacedEdge, Point } from './layout';

/** The end of a stopped gradient's arrow, as a share of the full length. */
const STOPPED_AT = 0.42;

function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** A bar across the gradient's arrow. */
function bar(from: Point, to: Point, at: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const across = { x: (-(to.y - from.y) / length) * 8, y: ((to.x - from.x) / length) * 8 };
  return `M${at.x - across.x} ${at.y - across.y}L${at.x + across.x} ${at.y + across.y}`;
}

interface ArrowProps {
  readonly placed: PlacedEdge;
  readonly learns: boolean;
  /** Whether the gradient takes this way because a switch that is usually on was turned off. */
  readonly isFreed: boolean;
}

/** A forward arrow with the gradient's arrow beside it: complete, stopped at the switch, or absent where nothing is trained. */
export function Arrow({ placed, learns, isFreed }: ArrowProps) {
  const { edge, from, to, gradientFrom, gradientTo, label } = placed;
  const stopped = edge.control !== undefined && !edge.gradient;
  const stop = between(gradientFrom, gradientTo, STOPPED_AT);
  return (
    <g>
      <path className={classes.forward} d={`M${from.x} ${from.y}L${to.x} ${to.y}`} markerEnd="url(#forward-head)" />
      {edge.label !== '' && (
        <text className={classes.symbol} x={label.x} y={label.y}>
          {edge.label}
        </text>
      )}
      {learns && edge.gradient && (
        <path
          className={isFreed ? classes.freed : classes.gradient}
          d={`M${gradientFrom.x} ${gradientFrom.y}L${gradientTo.x} ${gradientTo.y}`}
          markerEnd={isFreed ? 'url(#freed-head)' : 'url(#gradient-head)'}
        />
      )}
      {learns && stopped && (
        <>
          <path className={classes.gradient} d={`M${gradientFrom.x} ${gradientFrom.y}L${stop.x} ${stop.y}`} />
          <path className={classes.stop} d={bar(gradientFrom, gradientTo, stop)} />
        </>
      )}
    </g>
  );
}
