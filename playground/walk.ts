// A recorded run as something to walk through: at each step, what the boxes of its graph know by then.
import type { Box } from "../src/viz/graph.ts";
import type { PassGraph } from "../src/viz/run.ts";
import type { ShownStep, ShownTensor } from "../src/viz/story.ts";
import type { Told } from "./told.ts";

/** A graph and the steps that belong to it. */
export interface Scene {
  readonly graph: PassGraph["graph"];
  readonly pass: number;
  readonly first: number;
  readonly last: number;
}
/** What a box shows at a step. */
export interface BoxNow {
  /** Keys of tensors; null for what has not come yet, or is not known. */
  readonly value: string | null;
  readonly gradient: string | null;
  /** The version that the tensor's memory has come to. */
  readonly version: number;
  readonly isCurrent: boolean;
}
export class Walk {
  readonly steps: readonly ShownStep[];
  readonly tensors: Readonly<Record<string, ShownTensor>>;
  readonly scenes: readonly Scene[];
  readonly told: Told;

  constructor(told: Told) {
    this.told = told;
    this.steps = told.story.steps;
    this.tensors = told.story.tensors;
    let first = 0;
    this.scenes = told.graphs.map(({ pass, graph }) => {
      const last =
        pass < 0
          ? this.steps.length - 1
          : Math.max(
              pass,
              this.steps.findLastIndex((s) => s.pass === pass),
            );
      const scene = { graph, pass, first, last };
      first = last + 1;
      return scene;
    });
  }
  sceneAt(i: number): Scene | null {
    return this.scenes.find(({ last }) => i <= last) ?? this.scenes.at(-1) ?? null;
  }
  stateOf(box: Box, scene: Scene, i: number): BoxNow {
    const value = this.valueOf(box, i);
    const gradient = this.gradientOf(box, scene, i);
    const step = this.steps[i] as ShownStep | undefined;
    const isCurrent =
      step !== undefined &&
      (box.step === i ||
        (step.kind === "node" && step.node === box.node) ||
        (box.kind === "output" && step.kind === "backward"));
    return { value, gradient, version: value === null ? 0 : this.versionOf(value, i), isCurrent };
  }
  private valueOf(box: Box, i: number): string | null {
    if (box.kind === "leaf") return this.latest(`${box.tensor}@`, i) ?? this.latest(`${box.tensor}@`, Infinity);
    if (box.kind !== "op" || box.step < 0 || box.step > i) return null;
    return this.steps[box.step]?.outputs.find((key) => key !== null) ?? null;
  }
  private gradientOf({ kind, node }: Box, { pass }: Scene, i: number): string | null {
    const isLeaf = kind === "leaf";
    for (let k = Math.min(i, this.steps.length - 1); k >= 0; k--) {
      const step = this.steps[k];
      if (step.kind !== "node" || step.node !== node) continue;
      // A leaf's gradient stays from pass to pass.
      if (!isLeaf && step.pass !== pass) return null;
      return (isLeaf ? step.outputs : step.inputs).find((key) => key !== null) ?? null;
    }
    return null;
  }
  private latest(prefix: string, i: number): string | null {
    for (let k = Math.min(i, this.steps.length - 1); k >= 0; k--) {
      const { inputs, outputs } = this.steps[k];
      const found = [...outputs, ...inputs].find((key) => key?.startsWith(prefix));
      if (found) return found;
    }
    return null;
  }
  private versionOf(key: string, i: number): number {
    const { storage } = this.tensors[key];
    let version = Number(key.split("@")[1]);
    for (let k = 0; k <= i && k < this.steps.length; k++)
      for (const other of this.steps[k].outputs)
        if (other !== null && this.tensors[other].storage === storage)
          version = Math.max(version, Number(other.split("@")[1]));
    return version;
  }
  /** The boxes that a fault is about. */
  faulty(scene: Scene): ReadonlySet<string> {
    const steps: readonly number[] = this.told.fault?.steps ?? [];
    const about = scene.graph.boxes.filter(
      (box) =>
        box.id === "failed" ||
        (box.step >= 0 && steps.includes(box.step)) ||
        steps.some((s) => this.steps[s]?.kind === "node" && this.steps[s].node === box.node),
    );
    return new Set(about.map(({ id }) => id));
  }
}
export const lineOf = (place: string): number => Number(/:(\d+)$/.exec(place)?.[1] ?? 0);

/** The name that the program's line gives to what it makes. */
export function nameIn(source: string, place: string): string | null {
  const line = source.split("\n")[lineOf(place) - 1] ?? "";
  return (
    /^\s*(?:(?:const|let|var|readonly)\s+)?(?:this\.|self\.)?([\p{L}_$][\p{L}\d_$]*)\s*(?::[^=]+)?=(?!=)/u.exec(
      line,
    )?.[1] ?? null
  );
}
const short = (x: number): string => String(Number(x.toPrecision(3))).replace("-", "−");
/** A tensor in a few letters: its number, or its range. */
export function briefly({ figures, shape }: ShownTensor): string {
  if (figures === null || figures.count === 0) return "";
  if (figures.nans > 0) return figures.count === 1 ? "NaN" : `${figures.nans} NaN`;
  if (figures.min === figures.max)
    return shape.length === 0 || figures.count === 1 ? short(figures.min) : `all ${short(figures.min)}`;
  return `${short(figures.min)} … ${short(figures.max)}`;
}
export const shapeOf = ({ shape }: ShownTensor): string => (shape.length === 0 ? "scalar" : `[${shape.join(", ")}]`);
