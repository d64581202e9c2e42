// ZeroRedundancyOptimizer: each process remembers, and steps, a part of the parameters.
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { withGrad } from "../autograd/mode.ts";
import { RuntimeError, TypeError } from "../base/errors.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { CommonOptions, OptimizerStateDict, Params } from "../optim/optimizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { broadcast } from "./collectives.ts";
import { groupOf } from "./group.ts";
import type { ProcessGroup } from "./group.ts";
import { gather_object } from "./objects.ts";

const CONSOLIDATE = "ZeroRedundancyOptimizer.consolidate_state_dict(int to=0) -> None";

/** A class of optimizers, as `optim.Adam`. */
type OptimizerClass = { readonly prototype: object };
type Made = new (params: unknown, options: unknown) => Optimizer<CommonOptions, object>;
type Options = Record<string, unknown> & { process_group?: ProcessGroup | null };

/** The largest parameters of a group first, each to the process that has the least so far: as PyTorch does it. */
export function ownersOf(groups: readonly (readonly number[])[], size: number): number[] {
  const loads = new Array<number>(size).fill(0);
  return groups.flatMap((sizes) => {
    const owners = new Array<number>(sizes.length);
    for (const i of [...sizes.keys()].sort((a, b) => sizes[b] - sizes[a])) {
      owners[i] = loads.indexOf(Math.min(...loads));
      loads[owners[i]] += sizes[i];
    }
    return owners;
  });
}

/**
 * An optimizer whose state is shared out: each process keeps it for a part of the parameters, steps those, and gives them to
 * the others. As `torch.distributed.optim.ZeroRedundancyOptimizer`. Gradients must be the same in all processes, as
 * DistributedDataParallel makes them. `defaults` are the options of `optimizer_class`, and `process_group`.
 * @example
 * const optimizer = new dist.ZeroRedundancyOptimizer(model.parameters(), optim.Adam, { lr: 0.01 });
 */
export class ZeroRedundancyOptimizer extends Optimizer<CommonOptions, object> {
  readonly process_group: ProcessGroup;
  /** The optimizer of this process's part; null if that is empty. */
  readonly optim: Optimizer<CommonOptions, object> | null;
  private readonly owner = new Map<Tensor, number>();
  private whole: OptimizerStateDict | null = null;
  constructor(
    params: Iterable<Tensor> | Params<CommonOptions>,
    optimizer_class: OptimizerClass,
    defaults: Options = {},
  ) {
    if (typeof optimizer_class !== "function")
      throw new TypeError("ZeroRedundancyOptimizer: argument 'optimizer_class' must be a class of optimizers");
    const { process_group = null, ...options } = defaults;
    const Class = optimizer_class as unknown as Made;
    // What the class makes of the options: its defaults, for schedulers and for people to read.
    const like = new Class([...params], options);
    super(like.param_groups as never, like.defaults);
    this.process_group = groupOf(process_group);
    this.shareOut();
    const rank = this.process_group.rank();
    const mine = this.param_groups
      .map((group) => ({ ...group, params: group.params.filter((p) => this.owner.get(p) === rank) }))
      .filter(({ params: some }) => some.length > 0);
    this.optim = mine.length === 0 ? null : new Class(mine, options);
  }
  private shareOut(): void {
    const owners = ownersOf(
      this.param_groups.map(({ params }) => params.map((p) => p.numel())),
      this.process_group.size(),
    );
    for (const [i, p] of this.param_groups.flatMap(({ params }) => params).entries()) this.owner.set(p, owners[i]);
  }
  protected override perform<T>(closure?: () => T): T | null {
    this.takeOptions();
    const loss =
      this.optim === null
        ? (closure?.() ?? null)
        : closure === undefined
          ? this.optim.step()
          : this.optim.step(closure);
    const works = [...this.owner].map(([p, rank]) =>
      broadcast(p.detach(), { group: this.process_group, group_src: rank, async_op: true }),
    );
    withGrad(false, () => works.forEach((work) => work?.wait()));
    return loss;
  }
  /** Schedulers set the options of this optimizer; its part has groups of its own. */
  private takeOptions(): void {
    for (const own of this.optim?.param_groups ?? []) {
      const group = this.param_groups.find(({ params }) => params.includes(own.params[0]))!;
      Object.assign(own, { ...group, params: own.params });
    }
  }
  /** Collects the state of all parts in one process, for `state_dict` there. All must call it. */
  consolidate_state_dict(...args: Arguments<typeof CONSOLIDATE>): void {
    const { to } = bindArguments(CONSOLIDATE, args);
    const group = this.process_group;
    const index = new Map(this.param_groups.flatMap(({ params }) => params).map((p, i) => [p, i]));
    const mine = [...(this.optim?.state ?? [])].map(([p, state]) => [index.get(p)!, { ...state }]);
    const all: (typeof mine)[] | null = group.rank() === to ? Array.from({ length: group.size() }, () => []) : null;
    gather_object(mine, all, { group, group_dst: to });
    if (all === null) return;
    let next = 0;
    const param_groups = this.param_groups.map(({ params, ...options }) => ({
      ...options,
      params: params.map(() => next++),
    }));
    this.whole = { state: Object.fromEntries(all.flat()), param_groups } as unknown as OptimizerStateDict;
  }
  /** The state of all parameters. Raises RuntimeError where it was not collected before. */
  override state_dict(): never {
    if (this.whole === null)
      throw new RuntimeError(
        `Optimizer state has not been consolidated on this rank. Please call \`consolidate_state_dict(to=${this.process_group.rank()})\` on all ranks beforehand if you meant to save the global state.`,
      );
    return this.whole as never;
  }
  /** Continues from a whole state: each process takes its part. */
  override load_state_dict(state_dict: OptimizerStateDict<CommonOptions, object>): void {
    super.load_state_dict(state_dict);
    if (this.optim === null) return;
    for (const [p, state] of this.state)
      if (this.owner.get(p) === this.process_group.rank()) this.optim.state.set(p, state);
    this.state.clear();
  }
}
