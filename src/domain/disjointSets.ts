/** Disjoint sets of indices (Tarjan 1975); a set is known by its smallest member. */
export class DisjointSets {
  readonly #parent: Int32Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i);
  }

  find(i: number): number {
    const parent = this.#parent;
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]];
      i = parent[i];
    }
    return i;
  }

  /** @returns whether the two were in different sets */
  unite(i: number, j: number): boolean {
    const [a, b] = [this.find(i), this.find(j)];
    this.#parent[Math.max(a, b)] = Math.min(a, b);
    return a !== b;
  }

  /** The set of each index. */
  labels(): Int32Array {
    return this.#parent.map((_, i) => this.find(i));
  }
}
