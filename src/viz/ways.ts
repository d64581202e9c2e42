// What leads to a box of a graph and what it leads to: lit for who points at it.

interface Link {
  readonly from: string;
  readonly to: string;
}
/** Boxes and links, these by their number, on the ways from the leaves through a box to the outputs. */
export interface Ways {
  readonly boxes: ReadonlySet<string>;
  readonly links: ReadonlySet<number>;
}
/** Of boxes the numbers of the links that end and that begin there. */
export interface Links {
  readonly into: ReadonlyMap<string, readonly number[]>;
  readonly out: ReadonlyMap<string, readonly number[]>;
}
export function linksOf(links: readonly Link[]): Links {
  const [into, out] = [new Map<string, number[]>(), new Map<string, number[]>()];
  const add = (to: Map<string, number[]>, id: string, i: number): void => {
    const known = to.get(id);
    if (known === undefined) to.set(id, [i]);
    else known.push(i);
  };
  for (const [i, { from, to }] of links.entries()) {
    add(into, to, i);
    add(out, from, i);
  }
  return { into, out };
}
export function waysThrough(id: string, links: readonly Link[], { into, out }: Links): Ways {
  const found = { boxes: new Set([id]), links: new Set<number>() };
  for (const [next, end] of [
    [into, "from"],
    [out, "to"],
  ] as const) {
    const stack = [id];
    const seen = new Set(stack);
    for (let at = stack.pop(); at !== undefined; at = stack.pop())
      for (const i of next.get(at) ?? []) {
        found.links.add(i);
        const box = links[i][end];
        if (seen.has(box)) continue;
        seen.add(box);
        found.boxes.add(box);
        stack.push(box);
      }
  }
  return found;
}
