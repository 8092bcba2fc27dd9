import { createContext, use } from 'react';

/** Shows an image enlarged, with what can be done with it. */
export type OpenImage = (image: number) => void;

export const OpenImageContext = createContext<OpenImage>(() => undefined);

export function useOpenImage(): OpenImage {
  return use(OpenImageContext);
}
