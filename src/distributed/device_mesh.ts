// Processes in rows and columns: each line along a dim is a group.
import { bindArguments } from "../dispatch/callable.ts";
import type { Arguments } from "../dispatch/callable.ts";
import { AssertionError, IndexError, KeyError, RuntimeError } from "../base/errors.ts";
import { int32 } from "../base/dtype.ts";
import { contiguousStrides } from "../base/layout.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { Tensor } from "../tensor/tensor.ts";
import { group, groupOf, new_group, ProcessGroup } from "./group.ts";
import type { Group } from "./group.ts";

const SIZE = "size(int? mesh_dim=None) -> int";
const ALONG = "along(object mesh_dim=None) -> object";
interface Along {
  mesh_dim: number | string | null;
}

/** Ranks as lists in lists, or in a tensor. */
export type Ranks = readonly (number | Ranks)[] | Tensor;
interface Options {
  readonly mesh_dim_names?: readonly string[] | null;
}
/** What of the whole a mesh is: this process's line, plane, ... along some of its dims. */
interface Part {
  readonly shape: readonly number[];
  /** How far apart neighbours are in the whole. */
  readonly strides: readonly number[];
  readonly ranks: readonly number[];
  readonly groups: readonly Group[];
  readonly names: readonly string[] | null;
}
const tuple = (items: readonly (string | number)[]): string =>
  `(${items.join(", ")}${items.length === 1 && !String(items[0]).includes("=") ? "," : ""})`;
const quoted = (names: readonly string[]): string => tuple(names.map((name) => `'${name}'`));

/**
 * The processes of the world, or some of them, in a grid: rows and columns are groups of their own. As
 * `torch.distributed.device_mesh.DeviceMesh`; all processes must make it, in the same order. `get("name")` is what
 * subscripts are in Python.
 * @example
 * const mesh = dist.init_device_mesh("cpu", [2, 2], { mesh_dim_names: ["replicate", "shard"] });
 * dist.fully_shard(model, { mesh }); // pieces along a row, copies along a column
 * mesh.get("shard").get_group();
 */
export class DeviceMesh {
  readonly device_type: string;
  readonly mesh_dim_names: readonly string[] | null;
  readonly shape: readonly number[];
  private readonly part: Part;
  constructor(device_type: string, mesh: Ranks | ProcessGroup, options: Options = {}) {
    const { mesh_dim_names = null } = options;
    assertType(device_type);
    this.device_type = device_type;
    this.part = mesh instanceof ProcessGroup ? lineOf(mesh, mesh_dim_names) : partOf(mesh, mesh_dim_names);
    this.mesh_dim_names = this.part.names;
    this.shape = this.part.shape;
  }
  /** A mesh of one dim, of the members of a group. */
  static from_group(of: ProcessGroup, device_type: string, options: Options = {}): DeviceMesh {
    return new DeviceMesh(device_type, of, options);
  }
  private static of(device_type: string, part: Part): DeviceMesh {
    const made = Object.create(DeviceMesh.prototype) as DeviceMesh;
    return Object.assign(made, { device_type, part, mesh_dim_names: part.names, shape: part.shape });
  }
  /** The ranks. */
  get mesh(): Tensor {
    return fromTyped(Int32Array.from(this.part.ranks), [...this.shape], int32);
  }
  get ndim(): number {
    return this.shape.length;
  }
  /** How many processes there are, or along one dim. */
  size(...args: Arguments<typeof SIZE>): number {
    const { mesh_dim } = bindArguments(SIZE, args, "DeviceMesh.size");
    if (mesh_dim === null) return this.part.ranks.length;
    return this.shape[this.dimOf(mesh_dim)];
  }
  /** This process's part along one or more dims. Raises KeyError for names that are not there, or not in order. */
  get(...names: readonly string[]): DeviceMesh {
    const own = this.mesh_dim_names;
    if (own === null) throw new RuntimeError("Cannot slice a DeviceMesh without mesh_dim_names!");
    const dims = names.map((name) => own.indexOf(name));
    if (dims.includes(-1))
      throw new KeyError(
        `Invalid mesh_dim_names ${quoted(names)} specified. Valid mesh_dim_names are [${quoted(own).slice(1, -1).replace(/,$/, "")}].`,
      );
    if (dims.some((d, i) => i > 0 && d <= dims[i - 1]))
      throw new KeyError(
        `Invalid mesh_dim_names ${quoted(names)} specified. Mesh dim indices should be in ascending order.`,
      );
    if (dims.length === this.ndim) return this;
    const { shape, strides, ranks, groups } = this.part;
    const at = this.get_coordinate() ?? shape.map(() => 0);
    const kept = ranks.filter((_, i) => coordinate(i, shape).every((c, d) => dims.includes(d) || c === at[d]));
    const along = <T>(of: readonly T[]): T[] => dims.flatMap((d) => of.slice(d, d + 1));
    return DeviceMesh.of(this.device_type, {
      shape: along(shape),
      strides: along(strides),
      ranks: kept,
      groups: along(groups),
      names: [...names],
    });
  }
  /** The group of this process along a dim, which may be left out where there is one only. */
  get_group(...args: Arguments<typeof ALONG, Along>): ProcessGroup {
    const { mesh_dim } = bindArguments<typeof ALONG, Along>(ALONG, args, "DeviceMesh.get_group");
    if (mesh_dim === null && this.ndim > 1)
      throw new RuntimeError(
        `Found the DeviceMesh have ${this.ndim} dimensions\nOptional kwarg \`mesh_dim\` needs to be specified when device_mesh.ndim > 1.\nIf you want to get the list of all the ProcessGroups in the DeviceMesh,please use \`get_all_groups()\` instead.`,
      );
    const found = this.part.groups[this.dimOf(mesh_dim ?? 0)];
    if (!(found instanceof ProcessGroup)) throw new IndexError("list index out of range");
    return found;
  }
  get_all_groups(): ProcessGroup[] {
    return this.shape.map((_, d) => this.get_group(d));
  }
  /** This process's rank in the world. */
  get_rank(): number {
    return groupOf(null).rank();
  }
  /** This process's place along a dim. */
  get_local_rank(...args: Arguments<typeof ALONG, Along>): number {
    const { mesh_dim } = bindArguments<typeof ALONG, Along>(ALONG, args, "DeviceMesh.get_local_rank");
    if (mesh_dim === null && this.ndim > 1)
      throw new RuntimeError(
        `Found the DeviceMesh have ${this.ndim} dimensions\nOptional kwarg \`mesh_dim\` needs to be specified when device_mesh.ndim > 1.`,
      );
    return this.get_group(mesh_dim ?? 0).rank();
  }
  /** This process's place; null outside. */
  get_coordinate(): number[] | null {
    const at = this.part.ranks.indexOf(this.get_rank());
    return at < 0 ? null : coordinate(at, this.shape);
  }
  private dimOf(mesh_dim: number | string): number {
    if (typeof mesh_dim === "number") {
      const d = mesh_dim < 0 ? mesh_dim + this.ndim : mesh_dim;
      if (!(d in this.shape)) throw new IndexError("list index out of range");
      return d;
    }
    const d = this.mesh_dim_names?.indexOf(mesh_dim) ?? -1;
    if (d < 0)
      throw new KeyError(
        this.mesh_dim_names === null
          ? "No `mesh_dim_names` found."
          : `Mesh dimension '${mesh_dim}' does not exist.\nAvailable mesh dimensions are: mesh_dim_names=${quoted(this.mesh_dim_names)}`,
      );
    return d;
  }
  toString(): string {
    const dims = this.shape.map((n, d) => (this.mesh_dim_names === null ? n : `${this.mesh_dim_names[d]}=${n}`));
    return `DeviceMesh(${tuple(dims)}, '${this.device_type}', stride=${tuple(this.part.strides)})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The place of number `i` of a grid's elements. */
const coordinate = (i: number, shape: readonly number[]): number[] =>
  contiguousStrides(shape).map((stride, d) => Math.floor(i / stride) % shape[d]);
function assertType(device_type: string): void {
  if (/:/.test(device_type))
    throw new RuntimeError(
      `Device type with index is not supported but got ${device_type}. \nIf you maintained a 'torch.device' object, it's recommended to pass in 'device.type'.`,
    );
}
function assertNames(names: readonly string[] | null, shape: readonly number[]): void {
  if (names === null) return;
  if (new Set(names).size < names.length)
    throw new RuntimeError(
      `Each mesh_dim_name must be unique. Found repeated mesh_dim_name in mesh_dim_names ${quoted(names)}`,
    );
  if (names.length !== shape.length)
    throw new RuntimeError(
      `mesh_shape and mesh_dim_names should have same length! Found len(mesh_dim_names): ${names.length} and len(mesh_shape):${shape.length}.`,
    );
}
function lineOf(of: ProcessGroup, names: readonly string[] | null): Part {
  assertNames(names, [of.size()]);
  return { shape: [of.size()], strides: [1], ranks: of.ranks, groups: [of], names };
}
function partOf(mesh: Ranks, names: readonly string[] | null): Part {
  const shape: number[] = [];
  const nested = mesh instanceof Tensor ? (mesh.tolist() as Ranks) : mesh;
  for (let x: unknown = nested; Array.isArray(x); x = x[0]) shape.push(x.length);
  const ranks = (nested as number[]).flat(shape.length) as number[];
  assertNames(names, shape);
  const all = groupOf(null).ranks;
  if (ranks.length > all.length)
    throw new RuntimeError(
      `Mesh should not be bigger than default world size ${all.length}, but found ${ranks.length} ranks!`,
    );
  if (new Set(ranks).size < ranks.length || shape.reduce((a, b) => a * b, 1) !== ranks.length)
    throw new AssertionError(`DeviceMesh cannot have duplicate values, but found [${ranks.join(", ")}]`);
  const strides = contiguousStrides(shape);
  const own = groupOf(null).rank();
  const groups = shape.map((n, d): Group => {
    if (shape.length === 1 && n === all.length) return group.WORLD!;
    let mine: Group = -100;
    for (const first of ranks.keys()) {
      if (coordinate(first, shape)[d] !== 0) continue;
      const line = Array.from({ length: n }, (_, i) => ranks[first + i * strides[d]]);
      const made = new_group(line, { group_desc: `mesh_${names?.[d] ?? `dim_${d}`}` });
      if (line.includes(own)) mine = made;
    }
    return mine;
  });
  return { shape, strides, ranks, groups, names };
}

/**
 * All processes of the world, in their order, as a grid. Raises RuntimeError for a shape of more processes than there are, and for
 * names that do not fit. As `torch.distributed.device_mesh.init_device_mesh`.
 * @example const mesh = dist.init_device_mesh("cpu", [dist.get_world_size()]);
 */
export function init_device_mesh(
  device_type: string,
  mesh_shape: readonly number[],
  options: Options = {},
): DeviceMesh {
  assertType(device_type);
  assertNames(options.mesh_dim_names ?? null, mesh_shape);
  const total = mesh_shape.reduce((a, b) => a * b, 1);
  const all = groupOf(null).size();
  if (total > all)
    throw new RuntimeError(`Mesh should not be bigger than default world size ${all}, but found ${total} ranks!`);
  const nest = (first: number, [n, ...rest]: readonly number[]): Ranks =>
    Array.from({ length: n }, (_, i) =>
      rest.length === 0 ? first + i : nest(first + i * rest.reduce((a, b) => a * b, 1), rest),
    );
  return new DeviceMesh(device_type, nest(0, mesh_shape), options);
}
