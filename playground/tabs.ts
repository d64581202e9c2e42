// The two tabs, by the keys that tabs have.
import { byId } from "./dom.ts";

interface Part {
  open(place: HTMLElement): void;
  close(): void;
}
export function tabs(training: () => Promise<Part>): void {
  const all = [...document.querySelectorAll<HTMLButtonElement>("[role=tab]")];
  const choose = async (tab: HTMLButtonElement): Promise<void> => {
    for (const other of all) {
      const isChosen = other === tab;
      other.setAttribute("aria-selected", String(isChosen));
      other.tabIndex = isChosen ? 0 : -1;
      byId(other.getAttribute("aria-controls")!).hidden = !isChosen;
    }
    const part = await training();
    if (tab.id === "tab-training") part.open(byId("training"));
    else part.close();
  };
  for (const [i, tab] of all.entries()) {
    tab.addEventListener("click", () => void choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (step === 0) return;
      const next = all[(i + step + all.length) % all.length];
      next.focus();
      void choose(next);
    });
  }
}
