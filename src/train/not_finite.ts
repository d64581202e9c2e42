// Which op was the first whose result is no number, though all that it was given were.
import { observer } from "../base/observer.ts";
import type { Observer } from "../base/observer.ts";
import { withGrad } from "../autograd/mode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Ops whose results are infinite on purpose, or are not set yet. */
const MASKS = /^(masked_fill|where|full|fill|zero|empty|new_|tril|triu|index_put|uninitialized)/;

/** Watches what runs; what others watch for goes on. */
export class FirstNotFinite implements Observer {
  /** `log, whose input [32, 10] has the least element -0.2`; null as long as all is finite. */
  found: string | null = null;
  private readonly before: Observer | null;
  private looking = false;
  constructor() {
    this.before = observer.current;
  }
  /** The first op of `body` that made a NaN or an infinity; null if there is none. */
  static of(body: () => unknown): string | null {
    const watching = new FirstNotFinite();
    observer.current = watching;
    try {
      body();
    } finally {
      observer.current = watching.before;
    }
    return watching.found;
  }
  begin(name: string, kind: "op" | "backward" | "user", inputs: readonly unknown[]): unknown {
    return [name, kind, this.before?.begin(name, kind, inputs)];
  }
  end(begun: unknown, inputs: readonly unknown[], result: unknown): void {
    const [name, kind, theirs] = begun as [string, string, unknown];
    this.before?.end(theirs, inputs, result);
    if (this.found !== null || this.looking || kind === "user" || MASKS.test(name.replace(/^aten::/, ""))) return;
    this.looking = true;
    try {
      const bad = tensorsIn(result).some((t) => !isFinite_(t));
      const given = tensorsIn(inputs);
      if (bad && given.every(isFinite_))
        this.found = `${name.replace(/^aten::/, "")}${kind === "backward" ? " (backward)" : ""}, of ${given.map(figures).join(", ") || "nothing"}`;
    } finally {
      this.looking = false;
    }
  }
}
const tensorsIn = (x: unknown): Tensor[] =>
  x instanceof Tensor ? [x] : Array.isArray(x) ? (x as unknown[]).flatMap(tensorsIn) : [];
const isFloat = (t: Tensor): boolean => t.dtype.is_floating_point || t.dtype.is_complex;
/** Whether all elements are finite. */
export const isFinite_ = (t: Tensor): boolean =>
  !isFloat(t) || t.numel() === 0 || withGrad(false, () => Boolean(t.detach().isfinite().all().item()));
const figures = (t: Tensor): string => {
  const shape = `[${t.sizes.join(", ")}]`;
  if (!t.dtype.is_floating_point || t.numel() === 0) return `${t.dtype.name} ${shape}`;
  const [low, high] = withGrad(false, () => [t.detach().min().item(), t.detach().max().item()].map(Number));
  return `${shape} from ${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
};
