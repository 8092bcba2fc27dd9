import { ActionIcon, NativeSelect, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowsMaximize, IconLasso, IconMinus, IconPlus } from '@tabler/icons-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { counted } from '../../../domain/counted';
import type { Exploration } from '../../../domain/exploration';
import type { DatasetInfo } from '../../../domain/imageDataset';
import { membersOf } from '../../../session/exploring/exploring';
import { useRovingFocus } from '../../gallery/useRovingFocus';
import { useImageName } from '../../images/Thumbnail';
import { useExploring, useLab } from '../../lab';
import { grouped } from '../../numbers';
import { CLASS_COLORS } from '../../outputs/paint/palette';
import { baseName } from '../words';
import { COLOURINGS, type Colouring, colouringsFor, pointColours } from './colours';
import { Legend } from './Legend';
import classes from './MapPanel.module.css';
import type { MapCounts, MapListeners, MapView } from './mapView';
import { regionsOf, regionWords } from './regions';
import { useMapInput, ZOOM_STEP } from './useMapInput';
import { useMapView } from './useMapView';

/** More names would not fit, and each is a button. */
const MOST_NAMES = 60;
/** So many of the nearest images are ringed. */
const RINGED = 8;
export const LASSO_TITLE = 'Inside the lasso';

interface MapPanelProps {
  readonly info: DatasetInfo;
  readonly exploration: Exploration;
  readonly positions: Float32Array;
}

/** The map of all images: pictures where there is room and dots where not, with the names of clusters. */
export function MapPanel({ info, exploration, positions }: MapPanelProps) {
  const lab = useLab();
  const { exploring } = lab;
  const clusters = useExploring((state) => state.clusters);
  const chosen = useExploring((state) => state.chosen);
  const listed = useExploring((state) => state.listed);
  const [wanted, setWanted] = useState<Colouring>('clusters');
  const [isLasso, setLasso] = useState(false);
  const [named, setNamed] = useState<number | null>(null);
  const [counts, setCounts] = useState<MapCounts | null>(null);
  const { graph } = exploration;

  const possible = useMemo(() => colouringsFor({ info, clusters }), [info, clusters]);
  const colouring = possible.includes(wanted) ? wanted : (possible[0] ?? 'clusters');
  const colours = useMemo(() => pointColours(colouring, { info, graph, clusters }), [colouring, info, graph, clusters]);
  const regions = useMemo(
    () => (clusters === null ? [] : regionsOf(clusters, info).slice(0, MOST_NAMES)),
    [clusters, info],
  );

  const view = useRef<MapView | null>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const overview = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const tools = useRef<HTMLDivElement>(null);
  const colour = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLDivElement>(null);
  const covers = useMemo(() => [tools, colour, foot], []);
  const names = useRovingFocus<HTMLDivElement>();
  const listeners = useMemo<MapListeners>(
    () => ({
      onCounts: setCounts,
      onNamed: (at) => placeTip(over.current, tip.current, at),
    }),
    [],
  );
  useMapView({
    view,
    elements: { points, over, labels: names.ref, overview, frame },
    covers,
    count: graph.n,
    pictures: lab.thumbnails,
    positions,
    clusters,
    regions,
    colouring,
    colours,
    chosen,
    listeners,
  });
  useEffect(() => {
    if (listed?.title !== LASSO_TITLE) view.current?.unlace();
  }, [listed]);
  useEffect(() => {
    const nearest = named === null ? [] : graph.indices.subarray(named * graph.k, named * graph.k + RINGED);
    view.current?.point(named, [...nearest]);
  }, [named, graph]);

  const handlers = useMapInput(view, over, {
    isLasso,
    named,
    onName: setNamed,
    onPick: (image, adds) => {
      if (adds) exploring.toggle(image);
      else void exploring.search(image, `Nearest to ${baseName(info.names[image])}`);
    },
    onLace: () => {
      exploring.choose(LASSO_TITLE, view.current?.laced() ?? []);
      setLasso(false);
    },
  });
  const keys = useId();
  const words = describe(info.count, clusters === null ? null : regions.length, counts);
  return (
    <section className={classes.map} aria-label="Map of the images">
      <div className={classes.stage}>
        <canvas ref={points} className={classes.points} aria-hidden />
        <canvas
          ref={over}
          className={classes.over}
          data-testid="explore-map"
          data-lasso={isLasso || undefined}
          role="img"
          aria-label={words}
          aria-describedby={keys}
          tabIndex={0}
          {...handlers}
        />
        <VisuallyHidden id={keys}>
          Arrow keys move the map, + and − zoom, 0 shows all of it, [ and ] go through the pictures, Enter lists the
          images nearest to one. The grid beside the map lists all images.
        </VisuallyHidden>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: it moves the focus among the buttons inside */}
        <div ref={names.ref} className={classes.names} onKeyDown={names.onKeyDown}>
          {regions.map((region) => (
            <UnstyledButton
              key={region.cluster}
              className={classes.name}
              style={{
                color: colouring === 'clusters' ? `var(--lab-class-${1 + (region.cluster % CLASS_COLORS)})` : undefined,
              }}
              onClick={() => {
                if (clusters !== null) exploring.choose(regionWords(region), membersOf(clusters, region.cluster));
              }}
            >
              {regionWords(region)}
            </UnstyledButton>
          ))}
        </div>
        <div ref={tip} className={classes.tip} hidden={named === null} data-testid="explore-named" aria-live="polite">
          {named !== null && <Named image={named} />}
        </div>
        <div ref={tools} className={classes.tools}>
          <Tool label="Zoom in" onClick={() => view.current?.zoom(ZOOM_STEP)}>
            <IconPlus size={17} stroke={1.7} aria-hidden />
          </Tool>
          <Tool label="Zoom out" onClick={() => view.current?.zoom(1 / ZOOM_STEP)}>
            <IconMinus size={17} stroke={1.7} aria-hidden />
          </Tool>
          <Tool label="Lasso" isPressed={isLasso} onClick={() => setLasso(!isLasso)}>
            <IconLasso size={17} stroke={1.7} aria-hidden />
          </Tool>
          <Tool label="Show all" onClick={() => view.current?.fit()}>
            <IconArrowsMaximize size={17} stroke={1.7} aria-hidden />
          </Tool>
        </div>
        <div ref={foot} className={classes.foot}>
          {/* For the pointer alone: by keyboard, one moves the map itself. */}
          <div
            className={classes.overview}
            aria-hidden
            onPointerDown={(event) => goByOverview(event, view.current)}
            onPointerMove={(event) => event.buttons === 1 && goByOverview(event, view.current)}
          >
            <canvas ref={overview} />
            <div ref={frame} className={classes.frame} />
          </div>
          <p className={classes.counts} data-testid="explore-counts">
            {counts !== null && countWords(info.count, counts)}
          </p>
        </div>
      </div>
      <div ref={colour} className={classes.colour}>
        <NativeSelect
          size="xs"
          aria-label="Colour by"
          value={colouring}
          disabled={possible.length < 2}
          onChange={({ currentTarget }) => setWanted(currentTarget.value as Colouring)}
          data={possible.map((value) => ({ value, label: `colour: ${COLOURINGS[value]}` }))}
        />
        <Legend colouring={colouring} entries={colours.legend} total={graph.n} />
      </div>
    </section>
  );
}

function Named({ image }: { readonly image: number }) {
  return useImageName(image);
}

interface ToolProps {
  readonly label: string;
  readonly isPressed?: boolean;
  readonly children: React.ReactNode;
  onClick(): void;
}

function Tool({ label, isPressed, children, onClick }: ToolProps) {
  return (
    <ActionIcon
      className={classes.tool}
      variant="default"
      size={34}
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}

const GAP = 6;

function placeTip(map: HTMLElement | null, tip: HTMLElement | null, at: { x: number; y: number } | null): void {
  if (map === null || tip === null || at === null) return;
  const y = Math.min(at.y + GAP, map.clientHeight - tip.offsetHeight - GAP);
  const x = Math.max(GAP, Math.min(map.clientWidth - tip.offsetWidth - GAP, at.x - tip.offsetWidth / 2));
  tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

function goByOverview(event: React.PointerEvent<HTMLElement>, view: MapView | null): void {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  view?.goTo(event.clientX - left, event.clientY - top);
}

const WHY_SAMPLE = {
  'no WebGL': 'this browser has no WebGL',
  software: 'this browser draws without a GPU',
} as const;

/** “726 of 2,000 in view · a dot is an image that there is no room for” */
function countWords(count: number, { inView, sample }: MapCounts): string {
  const view = `${grouped(inView)} of ${grouped(count)} in view`;
  if (sample !== null) return `${view} · ${WHY_SAMPLE[sample.why]}: ${grouped(sample.points)} of the dots are drawn`;
  return `${view} · a dot is an image that there is no room for`;
}

function describe(count: number, clusters: number | null, counts: MapCounts | null): string {
  const found = clusters === null ? '' : clusters === 0 ? ' in no cluster' : ` in ${counted(clusters, 'cluster')}`;
  const shown = counts === null ? '' : `; ${grouped(counts.inView)} are in view`;
  return `Map of ${grouped(count)} images${found}${shown}: like images lie together`;
}
