import { type ReactNode, useMemo } from 'react';
import { PixelImage } from '../images/PixelImage';
import { Thumbnail, useImageName } from '../images/Thumbnail';
import { usePreview } from '../images/usePreview';
import { useRun } from '../lab';
import classes from './Diagram.module.css';
import type { Box, DiagramLayout } from './layout';

/** The current image and its two views, as the network sees them. */
export function ViewPictures({ layout }: { readonly layout: DiagramLayout }) {
  const views = useRun((run) => run.views);
  const queries = useRun((run) => run.queries);
  // Before its first update the run has no views, so the preview's are shown.
  const first = useMemo(() => (views === null ? queries.slice(0, 1) : []), [views, queries]);
  const preview = usePreview(first, 0);
  const shown = useMemo(() => {
    if (views === null) return { x1: preview?.x1[0], x2: preview?.x2[0] };
    const { size, image } = views;
    const view = (pixels: Uint8ClampedArray<ArrayBuffer>) => new ImageData(pixels, size, size);
    return { image: new ImageData(image.pixels, image.width, image.height), x1: view(views.x1), x2: view(views.x2) };
  }, [views, preview]);
  const index = views?.index ?? queries[0];
  const name = useImageName(index ?? 0);
  const places = layout.nodes.filter(({ node }) => node.kind === 'view');
  const downwards = layout.height > layout.width;
  return (
    <>
      <Picture box={layout.image} layout={layout} caption="image" side="below">
        {shown.image === undefined && index !== undefined ? (
          <Thumbnail index={index} />
        ) : (
          <PixelImage image={shown.image ?? null} label={index === undefined ? '' : name} />
        )}
      </Picture>
      {places.map(({ node, box }) => (
        <Picture
          key={node.id}
          box={box}
          layout={layout}
          caption={node.label}
          // In the vertical layout an arrow starts below the picture, so the caption is beside it, on the outer side.
          side={downwards ? (node.branch === 1 ? 'left' : 'right') : 'below'}
        >
          <PixelImage
            image={(node.branch === 1 ? shown.x1 : shown.x2) ?? null}
            label={index === undefined ? '' : `${name}, view ${node.branch}`}
          />
        </Picture>
      ))}
    </>
  );
}

interface PictureProps {
  readonly box: Box;
  readonly layout: DiagramLayout;
  readonly caption: string;
  readonly side: 'below' | 'left' | 'right';
  readonly children: ReactNode;
}

function Picture({ box, layout, caption, side, children }: PictureProps) {
  return (
    <div
      className={classes.picture}
      style={{
        left: `${(100 * box.x) / layout.width}%`,
        top: `${(100 * box.y) / layout.height}%`,
        width: `${(100 * box.width) / layout.width}%`,
      }}
    >
      {children}
      <span className={classes.pictureCaption} data-side={side}>
        {caption}
      </span>
    </div>
  );
}
