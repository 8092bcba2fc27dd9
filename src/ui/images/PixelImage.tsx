import { useEffect, useRef } from 'react';
import classes from './PixelImage.module.css';

interface PixelImageProps {
  /** null until the image has been loaded; its space stays empty until then. */
  readonly image: ImageData | null;
  /** The text alternative; empty where text beside it already names the image. */
  readonly label: string;
}

/** A picture drawn from pixels, in a square as wide as its container. */
export function PixelImage({ image, label }: PixelImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (image !== null) canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [image]);
  const { width, height } = image ?? { width: 1, height: 1 };
  const common = { ref: canvas, className: classes.image, width, height };
  if (label === '') return <canvas {...common} aria-hidden />;
  return <canvas {...common} role="img" aria-label={label} />;
}
