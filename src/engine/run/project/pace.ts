/** What long work does between its parts. */
export interface Pace {
  /** To be awaited between two parts; may throw to stop the work. */
  between(): Promise<void>;
  /** Tells of images that will be worked on, in addition to those told before. */
  expect(images: number): void;
  /** Tells of images that have been worked on since the last call. */
  done(images: number): void;
}
