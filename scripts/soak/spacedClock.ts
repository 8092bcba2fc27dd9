const MINUTE_MS = 60_000;

/** A clock by which any two losses are a minute apart, so that the engine stays the same. */
export function spacedClock(): () => number {
  let time = 0;
  return () => {
    time += MINUTE_MS;
    return time;
  };
}
