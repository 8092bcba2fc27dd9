import { useEffect, useRef } from 'react';
import classes from './PixelImage.module.css';

interface PixelImageProps {
  /** null until the image has been loaded; its space stays empty until then. */
  readonly image: ImageData | null;
  /** The text alternative; empty where text beside it already names the image. */
  readonly label: string;
}

/** A picture drawn from pixels, as wide as its container. */
export function PixelImage({ image, label }: PixelImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (image !== null) canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [image]);
  const size = image?.width ?? 1;
  if (label === '') return <canvas ref={canvas} className={classes.image} width={size} height={size} aria-hidden />;
  return <canvas ref={canvas} className={classes.image} width={size} height={size} role="img" aria-label={label} />;
}
