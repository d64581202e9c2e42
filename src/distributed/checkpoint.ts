// Checkpoints that all processes write, each its part, and that any number of processes reads: torch.distributed.checkpoint.
//
// A folder with a file for each process that wrote, `__RANK_0.distcp`, in the format of torch.save, and `.metadata`, which says in
// JSON where each tensor's pieces are. A tensor that all processes have is written by one of them; of one that fully_shard has
// cut each process writes its piece. Whoever reads takes the stretches that it needs, whatever the pieces were.
import type fs from "node:fs";
import { FileNotFoundError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { list } from "../base/layout.ts";
import { withGrad } from "../autograd/mode.ts";
import type { Module } from "../nn/module/module.ts";
import type { AnyOptimizer } from "../optim/optimizer.ts";
import { zeros_like } from "../ops/creation/creation.ts";
import { load as loadFile, save as saveFile } from "../serialization/save.ts";
import { Tensor } from "../tensor/tensor.ts";
import { barrier } from "./collectives.ts";
import { fillPiece, get_model_state_dict, pieceOf, sameCut, set_model_state_dict, wholeOf } from "./fully_shard.ts";
import { groupOf } from "./group.ts";
import type { Group, ProcessGroup } from "./group.ts";
import { gather_object } from "./objects.ts";

/** Elements `start` to `start + count` of a tensor, as if it had one dim. */
interface Stretch {
  readonly start: number;
  readonly count: number;
}
interface Piece extends Stretch {
  readonly file: string;
}
interface Index {
  readonly tensors: Record<string, { shape: number[]; dtype: string; pieces: Piece[] }>;
  readonly values: Record<string, unknown>;
}
interface Options {
  checkpoint_id: string;
  process_group?: Group | null;
}
type Container = Map<string, unknown> | Record<string, unknown> | unknown[];
/** A leaf of a state: its path, and how to put another value in its place. */
interface Leaf {
  readonly key: string;
  readonly value: unknown;
  readonly set: (value: unknown) => void;
}
function* leaves(x: Container, path = ""): Generator<Leaf> {
  const entries: Iterable<[string, unknown]> = x instanceof Map ? x : Object.entries(x);
  for (const [name, value] of entries) {
    const key = path === "" ? name : `${path}.${name}`;
    if (typeof value === "object" && value !== null && !(value instanceof Tensor))
      yield* leaves(value as Container, key);
    else
      yield {
        key,
        value,
        set: (to) => (x instanceof Map ? void x.set(name, to) : void ((x as Record<string, unknown>)[name] = to)),
      };
  }
}
/** What this process has of a tensor. */
function own(t: Tensor): { shape: readonly number[]; stretch: Stretch; flat: Tensor; isCut: boolean } {
  const cut = pieceOf(t);
  const flat = t.detach().reshape([-1]);
  if (cut === null) return { shape: t.sizes, stretch: { start: 0, count: t.numel() }, flat, isCut: false };
  const total = cut.shape.reduce((n, size) => n * size, 1);
  const start = Math.min(cut.start, total);
  const count = Math.min(t.numel(), total - start);
  return { shape: cut.shape, stretch: { start, count }, flat: flat.narrow(0, 0, count), isCut: true };
}
const indexOf = (folder: string): string => `${folder}/.metadata`;
const files = () => process.getBuiltinModule("node:fs") as typeof fs;
/** @internal The file of this process's pieces. */
export const pieceFile = (group: ProcessGroup): string => `__${group.rank()}_0.distcp`;

/**
 * @internal What this process writes of a state, by paths, and, in the first one, the index of what all write. All call it.
 */
export function planSave(
  entries: Iterable<readonly [string, unknown]>,
  group: ProcessGroup,
): { mine: Map<string, Tensor>; index: string | null } {
  const file = pieceFile(group);
  const mine = new Map<string, Tensor>();
  const index: Index = { tensors: {}, values: {} };
  let whole = 0;
  for (const [key, value] of entries) {
    if (!(value instanceof Tensor)) {
      index.values[key] = value;
      continue;
    }
    const { shape, stretch, flat, isCut } = own(value);
    const isMine = isCut ? stretch.count > 0 : whole++ % group.size() === group.rank();
    index.tensors[key] = { shape: [...shape], dtype: value.dtype.name, pieces: isMine ? [{ file, ...stretch }] : [] };
    if (isMine) mine.set(key, flat);
  }
  const all: Index[] | null = group.rank() === 0 ? Array.from({ length: group.size() }, () => index) : null;
  gather_object(index, all, { group, group_dst: 0 });
  if (all === null) return { mine, index: null };
  for (const [rank, { tensors }] of all.entries())
    if (rank > 0) for (const [key, { pieces }] of Object.entries(tensors)) index.tensors[key]?.pieces.push(...pieces);
  return { mine, index: JSON.stringify(index) };
}
/**
 * @internal Writes what a checkpoint has into the tensors of a state, in place, and gives its other values. `read` gives the tensors
 * of a file. Before anything is changed it raises for tensors that are not there or of another shape.
 */
export function fill(
  entries: readonly (readonly [string, unknown])[],
  index: string,
  read: (file: string) => ReadonlyMap<string, Tensor>,
): Map<string, unknown> {
  const { tensors, values } = JSON.parse(index) as Index;
  for (const [key, value] of entries) {
    if (!(value instanceof Tensor)) continue;
    const saved = tensors[key];
    if (saved === undefined) throw new RuntimeError(`Missing key in checkpoint state_dict: ${key}.`);
    const { shape } = own(value);
    if (list(saved.shape) !== list(shape))
      throw new ValueError(
        `Size mismatch between saved torch.Size(${list(saved.shape)}) and current: torch.Size(${list(shape)}) for ${key}`,
      );
  }
  const found = new Map<string, unknown>();
  /** For tensors that do not lie one element after another. */
  const backs: (() => void)[] = [];
  const needed = new Map<string, { key: string; flat: Tensor; stretch: Stretch; piece: Piece }[]>();
  for (const [key, value] of entries) {
    if (!(value instanceof Tensor)) {
      if (key in values) found.set(key, values[key]);
      continue;
    }
    const { flat, stretch } = own(value);
    if (flat.storage !== value.storage) backs.push(() => void value.copy_(flat.view(value.sizes as number[])));
    for (const piece of tensors[key].pieces) {
      const jobs = needed.get(piece.file) ?? [];
      if (piece.start < stretch.start + stretch.count && stretch.start < piece.start + piece.count)
        jobs.push({ key, flat, stretch, piece });
      needed.set(piece.file, jobs);
    }
  }
  // One file at a time is in memory.
  for (const [file, jobs] of needed) {
    if (jobs.length === 0) continue;
    const held = read(file);
    withGrad(false, () => {
      for (const { key, flat, stretch, piece } of jobs) {
        const from = Math.max(stretch.start, piece.start);
        const n = Math.min(stretch.start + stretch.count, piece.start + piece.count) - from;
        flat.narrow(0, from - stretch.start, n).copy_(held.get(key)!.narrow(0, from - piece.start, n));
      }
    });
  }
  withGrad(false, () => backs.forEach((back) => back()));
  return found;
}

/**
 * Writes a state (Maps, objects and lists of tensors, numbers and texts) into the folder `checkpoint_id`. All processes of the
 * group call it.
 * @example
 * const [model_state, optim_state] = dist.checkpoint.get_state_dict(model, optimizer);
 * dist.checkpoint.save({ model: model_state, optim: optim_state }, { checkpoint_id: "runs/step100" });
 */
export function save(state_dict: Container, { checkpoint_id, process_group = null }: Options): void {
  const group = groupOf(process_group);
  files().mkdirSync(checkpoint_id, { recursive: true });
  const entries = [...leaves(state_dict)].map(({ key, value }) => [key, value] as const);
  const { mine, index } = planSave(entries, group);
  saveFile(mine, `${checkpoint_id}/${pieceFile(group)}`);
  // Who finds the index finds all that it names.
  barrier({ group });
  if (index !== null) {
    const temporary = `${indexOf(checkpoint_id)}.${process.pid}`;
    files().writeFileSync(temporary, index);
    files().renameSync(temporary, indexOf(checkpoint_id));
  }
  barrier({ group });
}
/**
 * Reads a checkpoint into a state: its tensors are written in place, other values are put in. The number of processes may be
 * another than it was written by. Raises RuntimeError for a tensor that the checkpoint lacks and ValueError for one of another
 * shape, and then has changed nothing.
 * @example dist.checkpoint.load({ model: model_state, optim: optim_state }, { checkpoint_id: "runs/step100" });
 */
export function load(state_dict: Container, { checkpoint_id, process_group = null }: Options): void {
  groupOf(process_group);
  if (!files().existsSync(indexOf(checkpoint_id)))
    throw new FileNotFoundError(`[Errno 2] No such file or directory: '${indexOf(checkpoint_id)}'`);
  const wanted = [...leaves(state_dict)];
  const found = fill(
    wanted.map(({ key, value }) => [key, value] as const),
    files().readFileSync(indexOf(checkpoint_id), "utf8"),
    (file) => loadFile(`${checkpoint_id}/${file}`),
  );
  for (const { key, set } of wanted) if (found.has(key)) set(found.get(key));
}

/** What is remembered of each parameter, by its name, and the options. */
export interface NamedOptimizerState {
  state: Record<string, Record<string, unknown>>;
  param_groups: Record<string, unknown>[];
}
interface StateOptions {
  /** Whole tensors in place of pieces. */
  full_state_dict?: boolean;
}
/**
 * The states of a model and of its optimizer, by names of parameters and in the tensors' own memory: to be saved, or loaded
 * into. An optimizer that has made no step yet gets the state that a first one begins from. With `full_state_dict`
 * tensors in pieces are whole; all processes must call it.
 */
export function get_state_dict(
  model: Module,
  optimizer: AnyOptimizer,
  options: StateOptions = {},
): [Map<string, Tensor>, NamedOptimizerState] {
  begin(optimizer);
  const names = new Map([...model.named_parameters()].map(([name, p]) => [p as Tensor, name]));
  const state: NamedOptimizerState["state"] = {};
  const shown = (t: unknown): unknown => (options.full_state_dict && t instanceof Tensor ? wholeOf(t) : t);
  for (const [p, kept] of optimizer.state) {
    const name = names.get(p);
    if (name === undefined) throw new TypeError("get_state_dict(): the optimizer has a parameter that the model lacks");
    for (const t of Object.values(kept)) if (t instanceof Tensor) sameCut(t, p);
    state[name] = options.full_state_dict
      ? Object.fromEntries(Object.entries(kept).map(([key, t]) => [key, shown(t)]))
      : (kept as Record<string, unknown>);
  }
  const param_groups = optimizer.param_groups.map(({ params, ...options }) => ({
    ...options,
    params: params.map((p) => names.get(p)),
  }));
  return [get_model_state_dict(model, options), { state, param_groups }];
}
/** Lets an optimizer make a step that changes nothing, so that it has a state. */
function begin(optimizer: AnyOptimizer): void {
  const params = optimizer.param_groups.flatMap(({ params }) => params).filter((p) => p.requires_grad);
  if (optimizer.state.size > 0 || params.some((p) => p.grad !== null)) return;
  const rates = optimizer.param_groups.map((group) => group["lr"]);
  for (const group of optimizer.param_groups) group["lr"] = 0;
  for (const p of params) p.grad = zeros_like(p);
  optimizer.step();
  optimizer.param_groups.forEach((group, i) => (group["lr"] = rates[i]));
  optimizer.zero_grad();
}
/**
 * Puts the options of a state into an optimizer, and whole tensors into a model's and an optimizer's pieces: what `load` wrote in place
 * stays as it is.
 */
export function set_state_dict(
  model: Module,
  optimizer: AnyOptimizer,
  {
    model_state_dict,
    optim_state_dict,
  }: { model_state_dict: Map<string, Tensor>; optim_state_dict: NamedOptimizerState },
): void {
  set_model_state_dict(model, model_state_dict);
  begin(optimizer);
  const params = new Map([...model.named_parameters()].map(([name, p]) => [name, p as Tensor]));
  withGrad(false, () => {
    for (const [name, kept] of Object.entries(optim_state_dict.state)) {
      const p = params.get(name);
      if (p === undefined) throw new RuntimeError(`Unexpected key in state_dict: "${name}"`);
      const own = optimizer.state.get(p) as Record<string, unknown> | undefined;
      for (const [key, t] of Object.entries(kept)) {
        const to = own?.[key];
        if (to instanceof Tensor && t instanceof Tensor) fillPiece(to, t, p);
        else if (own !== undefined) own[key] = t;
      }
    }
  });
  for (const [i, group] of optim_state_dict.param_groups.entries())
    Object.assign(optimizer.param_groups[i], { ...group, params: optimizer.param_groups[i].params });
}
