// The page: programs are written here, run in workers, and looked at.
import { byId, button, download, make } from "./dom.ts";
import { callOf, Details } from "./details.ts";
import { Editor } from "./editor.ts";
import { Gallery } from "./gallery.ts";
import type { Example } from "./gallery.ts";
import { GraphView } from "./graph_view.ts";
import { Runner } from "./runner.ts";
import { addressOf, kept, sharedIn } from "./share.ts";
import { Stepper } from "./stepper.ts";
import { tabs } from "./tabs.ts";
import type { Channel, Language, Told } from "./told.ts";
import { lineOf, Walk } from "./walk.ts";

/** Seconds that a program may take unless it is run without a limit. */
const LIMIT = 60;
/** Milliseconds. */
const KEEPS_AFTER = 4000;

let language: Language = "ts";
let source = "";
let walk: Walk | null = null;
let openExample: Example | null = null;

const output = byId("output");
const runButton = byId<HTMLButtonElement>("run");
const stopButton = byId<HTMLButtonElement>("stop");
const pageButton = byId<HTMLButtonElement>("page");
const notice = byId("notice");

const editor = new Editor(
  byId("editor"),
  (text) => {
    kept.set(language, text);
    if (openExample !== null && text !== openExample[language]) own();
  },
  () => run(),
);
const details = new Details(byId("details"), (line) => editor.goTo(line, true));
const graph = new GraphView(byId("graph"), (box) => {
  if (walk === null) return;
  const node = walk.steps.findLastIndex((step) => step.kind === "node" && step.node === box.node);
  // A box stands for a step forward and one back; that of the cursor's side is shown.
  const isBack = node >= 0 && (box.step < 0 || stepper.at >= node);
  const step = isBack ? node : box.step;
  if (step >= 0) stepper.go(step);
  else details.showBox(box);
});
const stepper = new Stepper(byId("steps"), showStep, (i) => (walk === null ? "" : callOf(walk.steps[i])));
const gallery = new Gallery(byId("gallery"), (example) => void openGallery(example));
const runner = new Runner({
  printed: print,
  progress: showProgress,
  async partly(told) {
    await graph.prepare();
    if (!stopButton.hidden) follow(told);
  },
  async done(told) {
    await graph.prepare();
    finish();
    show(told);
  },
  ended(why) {
    finish();
    if (walk === null) graph.clear("Nothing was recorded.");
    print("note", `${why}\n`);
    if (why.startsWith("Stopped after")) {
      const again = button("Run it without a limit", "Run it without a limit of time", () => run(0));
      output.append(again);
    }
    runner.prepare(language);
  },
});

function own(): void {
  openExample = null;
  gallery.mark("");
}
function showStep(i: number): void {
  if (walk === null) return;
  const scene = walk.sceneAt(i);
  if (scene === null) graph.clear("Nothing that this program computed has a graph: no tensor requires a gradient.");
  else graph.show(walk, scene, i, source);
  details.show(walk, i, source);
  const line = lineOf(walk.steps[i].line);
  editor.mark({ fault: faultLines(walk.told), step: line });
  editor.goTo(line);
}
const faultLines = ({ fault }: Told): readonly number[] =>
  fault === null ? [] : fault.why !== null && fault.why.lines.length > 0 ? fault.why.lines : fault.frames.slice(0, 1);

function print(channel: Channel, text: string): void {
  const isAtEnd = output.scrollTop + output.clientHeight >= output.scrollHeight - 4;
  const last = output.lastElementChild;
  let part = last instanceof HTMLPreElement && last.className === channel ? last : null;
  if (part === null) output.append((part = make("pre", { class: channel }, "")));
  part.append(text);
  if (!isAtEnd) return;
  output.scrollTop = output.scrollHeight;
  // The sentence of an error stands at its beginning.
  const above = part.getBoundingClientRect().top - output.getBoundingClientRect().top;
  if (channel === "error" && above < 0) output.scrollTop += above;
}
function showProgress(text: string, part: number): void {
  notice.hidden = part >= 1;
  notice.textContent = part >= 1 ? "" : `${text} … ${Math.round(part * 100)} %`;
}
function run(limit = LIMIT): void {
  if (!stopButton.hidden) return;
  source = editor.text;
  walk = null;
  output.replaceChildren();
  details.clear();
  stepper.reset(0);
  editor.mark({ fault: [], step: 0 });
  graph.clear("Running …");
  pageButton.disabled = true;
  runButton.hidden = true;
  stopButton.hidden = false;
  document.body.dataset["state"] = "running";
  runner.run(language, source, limit);
}
function finish(): void {
  const hadFocus = document.activeElement === stopButton;
  runButton.hidden = false;
  stopButton.hidden = true;
  if (hadFocus) runButton.focus();
  document.body.dataset["state"] = "done";
}
/** As the program runs: its last step, and the graph if it can be drawn so fast. */
function follow(told: Told): void {
  const now = new Walk(told);
  const last = now.steps.length - 1;
  const scene = now.sceneAt(last);
  if (last < 0) return;
  if (scene !== null && !graph.keepsUpWith(scene)) return graph.clear(`Running: ${last + 1} steps so far …`);
  walk = now;
  stepper.reset(now.steps.length);
}
function show(told: Told): void {
  if (output.childElementCount === 0)
    print("note", `Ran in ${Math.round(told.milliseconds)} ms; it printed nothing.\n`);
  if (told.recorded === "beginning") print("note", `The first ${told.story.steps.length} steps were recorded.\n`);
  if (told.recorded === "not") print("note", "This program records or profiles itself, so it was not recorded here.\n");
  const seen = walk?.steps.length ?? 0;
  walk = new Walk(told);
  pageButton.disabled = told.story.steps.length === 0;
  if (walk.steps.length === 0) {
    editor.mark({ fault: faultLines(told), step: 0 });
    details.show(walk, -1, source);
  }
  const last = walk.steps.length - 1;
  // What was not seen of the last pass is shown step by step; a fault at once.
  stepper.reset(last + 1, told.fault === null ? Math.max(seen, walk.sceneAt(last)?.first ?? 0) : last);
  if (last < 0) graph.clear("This program computed nothing with tensors.");
  editor.goTo(faultLines(told)[0] ?? 0);
}

async function choose(next: Language, text: string): Promise<void> {
  language = next;
  byId<HTMLInputElement>("program").querySelector<HTMLInputElement>(`input[value=${next}]`)!.checked = true;
  kept.set("language", next);
  await editor.show(text, next);
  showProgress("", 1);
  runner.prepare(next);
}
async function openGallery(example: Example): Promise<void> {
  if (!stopButton.hidden) runner.stop();
  await choose(language, example[language]);
  openExample = example;
  gallery.mark(example.id);
}
for (const input of document.querySelectorAll<HTMLInputElement>("input[name=language]"))
  input.addEventListener("change", () => {
    if (!stopButton.hidden) runner.stop();
    const next = input.value as Language;
    const example = openExample;
    void choose(next, example?.[next] ?? kept.get(next) ?? gallery.first![next]).then(() => {
      openExample = example;
    });
  });
runButton.addEventListener("click", () => run());
stopButton.addEventListener("click", () => runner.stop());
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) run();
});

// ---- the menu
byId("share").addEventListener("click", async () => {
  const address = await addressOf({ language, text: editor.text }, location.href);
  history.replaceState(null, "", address);
  await navigator.clipboard?.writeText(address).catch(() => undefined);
  tell("The address of this page now holds the program.");
});
byId("export").addEventListener("click", () => download(`program.${language}`, editor.text, "text/plain"));
pageButton.addEventListener("click", async () => download("run.html", await runner.page(), "text/html"));
const file = byId<HTMLInputElement>("file");
byId("open").addEventListener("click", () => file.click());
file.addEventListener("change", async () => {
  const [given] = file.files ?? [];
  if (given === undefined) return;
  own();
  await choose(given.name.endsWith(".py") ? "py" : "ts", await given.text());
  file.value = "";
});
const menu = document.querySelector<HTMLDetailsElement>("details.menu")!;
menu.addEventListener("click", (event) => {
  if (event.target instanceof HTMLButtonElement) menu.open = false;
});
menu.addEventListener("keydown", (event) => {
  if (event.key === "Escape") menu.open = false;
});
document.addEventListener("click", (event) => {
  if (!menu.contains(event.target as Node)) menu.open = false;
});
function tell(text: string): void {
  notice.textContent = text;
  notice.hidden = false;
  setTimeout(() => (notice.hidden = true), 4000);
}

/** A program that came with the address, else the one that was open last, else the first of the gallery. Nothing runs by itself. */
async function begin(): Promise<void> {
  const shared = await sharedIn(location.hash);
  const last = (kept.get("language") ?? "ts") as Language;
  const own = shared === null ? kept.get(last) : null;
  if (shared !== null) await choose(shared.language, shared.text);
  else if (own !== null) await choose(last, own);
  await gallery.load();
  if (shared === null && own === null) await openGallery(gallery.first!);
  else {
    openExample = (await gallery.all()).find((example) => example[language] === editor.text) ?? null;
    gallery.mark(openExample?.id ?? "");
  }
  document.body.dataset["state"] = "ready";
  void graph.prepare();
  void gallery.all();
}
addEventListener(
  "hashchange",
  () => void sharedIn(location.hash).then((shared) => shared && choose(shared.language, shared.text)),
);
tabs(() => import("./training.ts"));
// What keeps the page for visits without a network fetches all of it, which shall not slow the first run down.
void begin().then(() => setTimeout(() => void navigator.serviceWorker?.register("service_worker.js"), KEEPS_AFTER));
