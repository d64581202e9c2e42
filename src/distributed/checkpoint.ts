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
import { load as loadFile, save as saveFile } from "../serialization/save.ts";
import { Tensor } from "../tensor/tensor.ts";
import { barrier } from "./collectives.ts";
import { pieceOf, sameCut } from "./fully_shard.ts";
import { groupOf } from "./group.ts";
import type { Group } from "./group.ts";
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

/**
 * Writes a state (Maps, objects and lists of tensors, numbers and texts) into the folder `checkpoint_id`. All processes of the
 * group call it.
 * @example
 * const [model_state, optim_state] = dist.checkpoint.get_state_dict(model, optimizer);
 * dist.checkpoint.save({ model: model_state, optim: optim_state }, { checkpoint_id: "runs/step100" });
 */
export function save(state_dict: Container, { checkpoint_id, process_group = null }: Options): void {
  const group = groupOf(process_group);
  const file = `__${group.rank()}_0.distcp`;
  files().mkdirSync(checkpoint_id, { recursive: true });
  const mine = new Map<string, Tensor>();
  const index: Index = { tensors: {}, values: {} };
  let whole = 0;
  for (const { key, value } of leaves(state_dict)) {
    if (!(value instanceof Tensor)) {
      index.values[key] = value;
      continue;
    }
    const { shape, stretch, flat, isCut } = own(value);
    const isMine = isCut ? stretch.count > 0 : whole++ % group.size() === group.rank();
    index.tensors[key] = { shape: [...shape], dtype: value.dtype.name, pieces: isMine ? [{ file, ...stretch }] : [] };
    if (isMine) mine.set(key, flat);
  }
  saveFile(mine, `${checkpoint_id}/${file}`);
  const all: Index[] | null = group.rank() === 0 ? Array.from({ length: group.size() }, () => index) : null;
  gather_object(index, all, { group, group_dst: 0 });
  if (all !== null) {
    for (const [rank, { tensors }] of all.entries())
      if (rank > 0) for (const [key, { pieces }] of Object.entries(tensors)) index.tensors[key]?.pieces.push(...pieces);
    const temporary = `${indexOf(checkpoint_id)}.${process.pid}`;
    files().writeFileSync(temporary, JSON.stringify(index));
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
  const { tensors, values } = JSON.parse(files().readFileSync(indexOf(checkpoint_id), "utf8")) as Index;
  const wanted = [...leaves(state_dict)];
  for (const { key, value } of wanted) {
    if (!(value instanceof Tensor)) continue;
    const saved = tensors[key];
    if (saved === undefined) throw new RuntimeError(`Missing key in checkpoint state_dict: ${key}.`);
    const { shape } = own(value);
    if (list(saved.shape) !== list(shape))
      throw new ValueError(
        `Size mismatch between saved torch.Size(${list(saved.shape)}) and current: torch.Size(${list(shape)}) for ${key}`,
      );
  }
  /** For tensors that do not lie one element after another. */
  const backs: (() => void)[] = [];
  const needed = new Map<string, { key: string; flat: Tensor; stretch: Stretch; piece: Piece }[]>();
  for (const { key, value, set } of wanted) {
    if (!(value instanceof Tensor)) {
      if (key in values) set(values[key]);
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
    const held = loadFile(`${checkpoint_id}/${file}`) as Map<string, Tensor>;
    withGrad(false, () => {
      for (const { key, flat, stretch, piece } of jobs) {
        const from = Math.max(stretch.start, piece.start);
        const n = Math.min(stretch.start + stretch.count, piece.start + piece.count) - from;
        flat.narrow(0, from - stretch.start, n).copy_(held.get(key)!.narrow(0, from - piece.start, n));
      }
    });
  }
  withGrad(false, () => backs.forEach((back) => back()));
}

/** What is remembered of each parameter, by its name, and the options. */
export interface NamedOptimizerState {
  state: Record<string, Record<string, unknown>>;
  param_groups: Record<string, unknown>[];
}
/**
 * The states of a model and of its optimizer, which has made a step, by names of parameters and in the tensors' own memory:
 * to be saved, or loaded into.
 */
export function get_state_dict(model: Module, optimizer: AnyOptimizer): [Map<string, Tensor>, NamedOptimizerState] {
  const names = new Map([...model.named_parameters()].map(([name, p]) => [p as Tensor, name]));
  const state: NamedOptimizerState["state"] = {};
  for (const [p, kept] of optimizer.state) {
    const name = names.get(p);
    if (name === undefined) throw new TypeError("get_state_dict(): the optimizer has a parameter that the model lacks");
    state[name] = kept as Record<string, unknown>;
    for (const t of Object.values(kept)) if (t instanceof Tensor) sameCut(t, p);
  }
  const param_groups = optimizer.param_groups.map(({ params, ...options }) => ({
    ...options,
    params: params.map((p) => names.get(p)),
  }));
  return [model.state_dict(), { state, param_groups }];
}
