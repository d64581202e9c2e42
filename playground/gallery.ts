// The gallery: programs in both languages, by group.
import { make } from "./dom.ts";

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly ts: string;
  readonly py: string;
}
export class Gallery {
  examples: readonly Example[] = [];
  private readonly select: HTMLSelectElement;

  constructor(select: HTMLSelectElement, chosen: (example: Example) => void) {
    this.select = select;
    select.addEventListener("change", () => {
      const example = this.examples.find(({ id }) => id === select.value);
      if (example !== undefined) chosen(example);
    });
  }
  async load(): Promise<void> {
    this.examples = (await (await fetch("gallery.json")).json()) as Example[];
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const { id, title, group } of this.examples) {
      let place = groups.get(group);
      if (place === undefined) groups.set(group, (place = make("optgroup", { label: group })));
      place.append(make("option", { value: id }, title));
    }
    this.select.replaceChildren(make("option", { value: "" }, "Gallery"), ...groups.values());
  }
  /** Shows which one is open; "" for a program of one's own. */
  mark(id: string): void {
    this.select.value = id;
  }
}
