// The page of a recorded run: its steps, forward and backward, one after the other, with what went in and what came out.
import type { ShownStep, Story } from "../src/viz/story.ts";
import { COMMON } from "./common.ts";
import { drawTensor, TENSORS, text } from "./tensors.ts";

const { steps, tensors } = JSON.parse(document.getElementById("data")!.textContent) as Story;
document.head.insertAdjacentHTML(
  "beforeend",
  `<style>${COMMON}
  #list { width: 340px; overflow: auto; border-right: 1px solid var(--edge); background: var(--panel); } #list ol { margin: 0; padding: 0; list-style: none; position: relative; }
  #list button { display: flex; gap: 8px; width: 100%; height: 26px; border: 0; border-radius: 0; background: none; text-align: left; padding: 4px 10px; align-items: center; white-space: nowrap; overflow: hidden; }
  #list li { position: absolute; left: 0; right: 0; } #list button[aria-current="step"] { background: var(--saved); } #list .node { padding-left: 26px; color: var(--back); } #list .soft { margin-left: auto; }
  #list .failed { color: var(--bad); }
  #stage { flex: 1; overflow: auto; padding: 16px 20px; min-width: 0; } h1 { font-size: 20px; margin: 0 0 4px; overflow-wrap: anywhere; } input[type=range] { flex: 1; min-width: 120px; }
  ${TENSORS}
  @media (max-width: 640px) { #list { width: auto; max-height: 30vh; } }</style>`,
);
document.body.innerHTML = `
<header><strong>Recorded run</strong><button id="back" aria-label="Step back">◀</button><button id="on" aria-label="Step on">▶</button>
<input id="at" type="range" min="0" max="${Math.max(steps.length - 1, 0)}" value="0" aria-label="Step"><span id="count" class="soft"></span>
<button id="problem">First NaN</button></header>
<main><nav id="list" aria-label="Steps"><ol style="height:${steps.length * 26}px"></ol></nav><section id="stage" aria-live="polite"></section></main>`;
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const list = element("list");
const rows = list.querySelector("ol")!;
let now = 0;

const nameOf = (step: ShownStep): string =>
  step.kind === "op" || step.kind === "node" || step.kind === "optimizer"
    ? step.name
    : step.kind === "backward"
      ? `${step.name}()`
      : step.kind;

/** Only the rows in sight are there. */
function fillList(): void {
  const first = Math.max(0, Math.floor(list.scrollTop / 26) - 5);
  const last = Math.min(steps.length, first + Math.ceil(list.clientHeight / 26) + 10);
  rows.replaceChildren();
  for (let i = first; i < last; i++) {
    const step = steps[i];
    const row = document.createElement("li");
    row.style.top = `${i * 26}px`;
    const button = document.createElement("button");
    if (step.kind === "node") button.className = "node";
    if (step.failed || hasNan(step)) button.classList.add("failed");
    if (i === now) button.setAttribute("aria-current", "step");
    button.append(
      text("span", `${i}`, "soft mono"),
      text("span", nameOf(step)),
      text("span", step.line.split("/").at(-1)!, "soft mono"),
    );
    (button.firstChild as HTMLElement).style.marginLeft = "0";
    button.addEventListener("click", () => go(i));
    row.append(button);
    rows.append(row);
  }
}
const hasNan = ({ outputs }: ShownStep): boolean =>
  outputs.some((key) => key !== null && (tensors[key].figures?.nans ?? 0) > 0);

function go(i: number): void {
  if (steps.length === 0) return;
  now = Math.max(0, Math.min(steps.length - 1, i));
  const step = steps[now];
  element<HTMLInputElement>("at").value = String(now);
  element("count").textContent = `step ${now}, of 0 to ${steps.length - 1}`;
  const stage = element("stage");
  stage.replaceChildren(text("h1", nameOf(step) + (step.args.length > 0 ? ` (${step.args.join(", ")})` : "")));
  const where = [
    step.line,
    step.module === "" ? "" : `in ${step.module}`,
    step.mode === "grad" ? "" : `under ${step.mode}`,
  ].filter((x) => x !== "");
  stage.append(text("p", where.join(" · "), "soft mono"));
  if (step.saved.length > 0) stage.append(text("p", `kept for backward: ${step.saved.join(", ")}`, "mono"));
  if (step.failed) stage.append(text("p", "It failed.", "bad"));
  if (step.kind === "node" && step.of >= 0) {
    const button = text("button", `its op: step ${step.of}, ${nameOf(steps[step.of])}`);
    button.addEventListener("click", () => go(step.of));
    stage.append(button);
  }
  for (const [title, keys] of [
    [step.kind === "node" ? "Gradients that came" : "What went in", step.inputs],
    [step.kind === "node" ? "Gradients it gave" : "What came out", step.outputs],
  ] as const) {
    const known = keys.filter((key) => key !== null);
    if (known.length === 0) continue;
    stage.append(text("h2", title));
    const row = text("div", "", "tensors");
    for (const key of known) row.append(drawTensor(key, tensors[key]));
    stage.append(row);
  }
  const top = now * 26;
  if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 26)
    list.scrollTop = top - list.clientHeight / 2;
  fillList();
}
element("back").addEventListener("click", () => go(now - 1));
element("on").addEventListener("click", () => go(now + 1));
element("at").addEventListener("input", () => go(Number(element<HTMLInputElement>("at").value)));
const bad = steps.findIndex(hasNan);
element("problem").hidden = bad < 0;
element("problem").addEventListener("click", () => go(bad));
list.addEventListener("scroll", fillList);
document.addEventListener("keydown", (event) => {
  if ((event.target as HTMLElement).tagName === "INPUT") return;
  if (event.key === "ArrowRight" || event.key === "ArrowDown") go(now + 1);
  else if (event.key === "ArrowLeft" || event.key === "ArrowUp") go(now - 1);
  else return;
  event.preventDefault();
});
go(0);
Object.assign(globalThis, { runPage: { go, at: () => now } });
