import { grouped } from '../numbers';

/** “, searching 12,000 …” while so many images are searched; empty where none are. */
export function searchingWords(images: number | null): string {
  return images === null ? '' : `, searching ${grouped(images)} …`;
}
