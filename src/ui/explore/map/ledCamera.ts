import { type Bounds, boundsOf, type Camera, fitted, type Size } from './camera';
import { Glide } from './glide';

/** The camera of a map on a screen: it shows all, also of positions to come, until the person leads it, and glides where it is aimed. */
export class LedCamera {
  readonly #glide = new Glide();
  #size: Size = { width: 1, height: 1 };
  #bounds: Bounds = boundsOf(new Float32Array(0));
  #now: Camera = { x: 0, y: 0, scale: 1 };
  #from: Camera = this.#now;
  #to: Camera = this.#now;
  #follows = true;

  /** What is shown in the present frame. */
  get now(): Camera {
    return this.#now;
  }

  get size(): Size {
    return this.#size;
  }

  get bounds(): Bounds {
    return this.#bounds;
  }

  /** The scale at which the whole map is shown. */
  get whole(): number {
    return fitted(this.#bounds, this.#size).scale;
  }

  /** The map or its screen has changed; while the camera follows, it goes along in `ms` milliseconds. */
  frame(bounds: Bounds, size: Size, ms: number): void {
    this.#bounds = bounds;
    this.#size = size;
    if (this.#follows) this.#aim(fitted(bounds, size), ms);
  }

  /** Shows the whole map, now and while it forms. */
  showAll(ms: number): void {
    this.#follows = true;
    this.#aim(fitted(this.#bounds, this.#size), ms);
  }

  /** Follows the person's hand from where it is, or was going: at once, or in `ms` milliseconds. */
  lead(change: (camera: Camera) => Camera, ms = 0): void {
    this.#follows = false;
    this.#aim(change(this.#glide.isOver(performance.now()) ? this.#to : this.#now), ms);
  }

  #aim(camera: Camera, ms: number): void {
    this.#from = this.#now;
    this.#to = camera;
    if (ms === 0) this.#now = camera;
    this.#glide.begin(performance.now(), ms);
  }

  isAtRest(time: number): boolean {
    return this.#glide.isOver(time);
  }

  /** Moves on to a time. Returns whether what is shown has changed. */
  advance(time: number): boolean {
    const [a, b, share, before] = [this.#from, this.#to, this.#glide.at(time), this.#now];
    if (share >= 1) this.#now = b;
    else {
      // Scales are mixed as zooming feels: by their ratio.
      const scale = a.scale * (b.scale / a.scale) ** share;
      this.#now = { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, scale };
    }
    return this.#now !== before;
  }
}
