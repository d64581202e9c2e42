// The gallery: programs in both languages, by group.
import { make } from "./dom.ts";

/** What the menu shows. */
export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly group: string;
}
export interface Example extends Listed {
  readonly ts: string;
  readonly py: string;
}
/** The menu, and the program that the first visit shows; the others are in a file of their own. */
export interface Menu {
  readonly listed: readonly Listed[];
  readonly first: Example;
}
export class Gallery {
  first: Example | null = null;
  private programs: Promise<readonly Example[]> | null = null;
  private readonly select: HTMLSelectElement;

  constructor(select: HTMLSelectElement, chosen: (example: Example) => void) {
    this.select = select;
    select.addEventListener("change", async () => {
      const { value } = select;
      const example = (await this.all()).find(({ id }) => id === value);
      if (example !== undefined && select.value === value) chosen(example);
    });
  }
  all(): Promise<readonly Example[]> {
    return (this.programs ??= fetch("programs.json").then((r) => r.json() as Promise<Example[]>));
  }
  async load(): Promise<void> {
    const { listed, first } = (await (await fetch("gallery.json")).json()) as Menu;
    this.first = first;
    const groups = new Map<string, HTMLOptGroupElement>();
    for (const { id, title, group } of listed) {
      let place = groups.get(group);
      if (place === undefined) groups.set(group, (place = make("optgroup", { label: group })));
      place.append(make("option", { value: id }, title));
    }
    this.select.replaceChildren(make("option", { value: "" }, "Gallery"), ...groups.values());
  }
  /** Shows which one is open; "" for a program of one's own. */
  mark(id: string): void {
    this.select.value = id;
    this.select.dataset["open"] = id;
  }
}
