// What Python needs beside the library's own functions.
import { onnx } from "./onnx.ts";
import { SummaryWriter } from "../train/summary_writer.ts";
import { automatic } from "../settings/auto_device.ts";
import { compile } from "../compile/compile.ts";
import { reset } from "../compile/namespaces.ts";
import { running, runBackward } from "../autograd/engine.ts";
import { gradientEdge } from "../autograd/node.ts";
import type { Edge, Node, RemovableHandle, SavedTensor } from "../autograd/node.ts";
import { OpNode } from "../autograd/op_node.ts";
import { assertUnhooked, withSavedHooks } from "../autograd/saved_hooks.ts";
import { Function, FunctionNode, undifferentiable } from "../autograd/function.ts";
import type { FunctionClass, FunctionContext, VmapInfo } from "../autograd/function.ts";
import { GradScaler } from "../amp/grad_scaler.ts";
import { regionOf } from "../amp/autocast.ts";
import { modes, scoped, withGrad } from "../autograd/mode.ts";
import type { Guard } from "../autograd/mode.ts";
import { cppName } from "../base/cpp_names.ts";
import { show as configuration } from "../devices/cpu/config.ts";
import { accelerator, getDevice } from "../devices/registry.ts";
import { Complex, dtypeByName, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, TypeError } from "../base/errors.ts";
import {
  debug_unwrap,
  functionalize,
  grad,
  grad_and_value,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  vjp,
  vmap,
} from "../func/index.ts";
import { unpack_dual } from "../func/forward_ad.ts";
import type { Tree } from "../func/tree.ts";
import { list } from "../base/layout.ts";
import { channels_last, channels_last_3d, contiguous_format, preserve_format, strided } from "../base/memory_format.ts";
import type { Layout, MemoryFormat } from "../base/memory_format.ts";
import { refuseBatch } from "../dispatch/levels.ts";
import { writeOut } from "../dispatch/out.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { guard } from "../nn/module/uninitialized.ts";
import { PackedSequence } from "../nn/utils/rnn.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { CommonOptions } from "../optim/optimizer.ts";
import { fromTyped } from "../ops/creation/from_data.ts";
import { invariants, sparse_coo, sparse_csc, sparse_csr } from "../ops/sparse/construct.ts";
import { widerStorage } from "../serialization/rebuild.ts";
import { widerDtype, widerSize } from "../serialization/wider.ts";
import { weightsOnlyMessage } from "../serialization/torch_load.ts";
import type { TorchFile } from "../serialization/torch_file.ts";
import { segment_reduce } from "../ops/reduction/segments.ts";
import { _neg_view } from "../ops/pointwise/complex.ts";
import { viewAs } from "../ops/methods/view_dtype.ts";
import { closeFile } from "./files.ts";
import { deterministic } from "../settings/numerics.ts";
import { scalarText } from "../tensor/print.ts";
import type { Generator } from "../random/generator.ts";
import { Tensor } from "../tensor/tensor.ts";
import * as sobol from "../ops/random/sobol.ts";
import { distributed } from "./distributed.ts";
import { keptAttributes } from "./attributes.ts";
import { dispatching } from "./dispatch_level.ts";
import { distributions } from "./distributions.ts";
import { layers, plain } from "./layers.ts";
import { schedulers } from "./schedulers.ts";
import { signatureOf } from "./signatures.ts";
import { profiler } from "./profiler.ts";
import { train } from "./train.ts";
import { viz } from "./viz.ts";

type Fn = (...args: unknown[]) => unknown;

const memoryFormats: Readonly<Record<string, MemoryFormat>> = {
  contiguous_format,
  preserve_format,
  channels_last,
  channels_last_3d,
};
const layouts: readonly Layout[] = [strided, sparse_coo, sparse_csr, sparse_csc];
const storageNumbers = new WeakMap<object, number>();
let storages = 0;

/** No plain object, which would cross as a dict. */
class Stepped {
  readonly param_groups: readonly { readonly params: Tensor[] }[];
  constructor(params: Tensor[]) {
    this.param_groups = [{ params }];
  }
}
const transforms = { grad, grad_and_value, hessian, jacfwd, jacrev, vmap };
/** What a node that stands for several steps gives: the gradients where it leads to. */
function throughSteps(node: Node, edges: readonly (Edge | null)[], grads: readonly (Tensor | null)[]): unknown[] {
  const roots = grads.flatMap((grad, nr) => (grad === null ? [] : [{ edge: { node, nr }, grad }]));
  const inputs = edges.filter((edge) => edge !== null);
  const given = runBackward({ roots, keepGraph: true, createGraph: modes().grad, inputs, accumulate: false });
  return edges.map((edge) => (edge === null ? null : given[inputs.indexOf(edge)]));
}
export const helpers = {
  signatureOf,
  ...layers,
  ...distributions,
  ...dispatching,
  ...sobol,
  configuration,
  checkDevice: (text: string): void => void getDevice(text),
  deviceOf: (t: Tensor): string => t.backend.name,
  acceleratorType: (): string | null => accelerator(),
  /** The default device, null for the first, and what it is from now on. */
  setDevice(text: string | null): string | null {
    const now = modes();
    const before = now.device?.name ?? null;
    now.device = text === null ? null : text === "auto" ? automatic() : getDevice(text);
    return before;
  },
  /** Whether tensors that nobody has written are filled, and whether they are from now on. */
  setFill(on: boolean | null): boolean {
    const before = deterministic.fill_uninitialized_memory;
    deterministic.fill_uninitialized_memory = on ?? before;
    return before;
  },
  cppName,
  dtype: (name: string): Dtype | undefined => dtypeByName.get(name as never),
  /** One of the modes, and what it is from now on. */
  setMode<K extends "grad" | "forwardGrad" | "inference" | "anomaly" | "checkNan" | "earlyStop" | "hooksRefused">(
    name: K,
    on: ReturnType<typeof modes>[K],
  ): ReturnType<typeof modes>[K] {
    const now = modes();
    const before = now[name];
    now[name] = on;
    return before;
  },
  /** What hooks on saved tensors are refused with until now, and from now on. */
  refuseHooks(error_message: string): string | null {
    assertUnhooked(error_message);
    return helpers.setMode("hooksRefused", error_message);
  },
  getMode: (name: "grad" | "forwardGrad" | "inference" | "anomaly" | "checkNan"): boolean => modes()[name],
  areHooksAllowed: (): boolean => modes().hooksRefused === null,
  /** The number of the backward pass that runs, -1 outside of all. */
  passNumber: (): number => (running.pass === null ? -1 : running.number),
  getRow: (self: Tensor, i: number): Tensor => self.index([i]),
  itemText: (self: Tensor): string => scalarText(self.item(), self.dtype),
  guard,
  segmentReduce: (data: Tensor, reduce: string, options: object): Tensor => segment_reduce(data, reduce, options),
  parameter: (data: Tensor, requires_grad: boolean): Parameter => new Parameter(data, requires_grad),
  nextFunctions: (node: Node): unknown[] => node.next_functions,
  nodeName: (node: Node): string => node.typeName,
  /** The node called as a function. */
  callNode(node: Node, grads: (Tensor | null)[]): unknown[] {
    if (grads.length !== node.outputs.length)
      throw new TypeError(`expected ${node.outputs.length} arguments, got ${grads.length} instead`);
    const { shownEdges } = node;
    if (shownEdges !== node.edges) return throughSteps(node, shownEdges, grads);
    return node.apply(
      grads,
      node.edges.map((edge) => edge !== null),
    );
  },
  /** A function of torch.func of a Python function and of trees. */
  transform(name: keyof typeof transforms, f: Fn, args: unknown[], rest: unknown[]): unknown {
    return (transforms[name] as (...given: unknown[]) => Fn)(f, ...rest)(...args);
  },
  vjp: (f: Fn, primals: Tree[], options: unknown): unknown => vjp(f as never, primals, options as never),
  jvp: (f: Fn, primals: Tree[], tangents: Tree[], options: unknown): unknown =>
    jvp(f as never, primals, tangents, options as never),
  linearize: (f: Fn, primals: Tree[]): unknown => linearize(f as never, ...primals),
  functionalize: (f: Fn, options: unknown): unknown => functionalize(f as never, options as never),
  debugUnwrap: (t: Tensor, options: unknown): Tensor => debug_unwrap(t, options as never),
  unpackDual: (t: Tensor, options: { readonly level?: number | null }): unknown => [...unpack_dual(t, options)],
  callFunction: (f: Fn, args: unknown[]): unknown => f(...args),
  /** A Python function or module compiled: it is given trees of arguments, and a number for what else Python depends on. */
  compile: (f: Fn, options: object): Fn => compile(f, options),
  resetCompiled: (): void => reset(),
  /** Whether a tensor of one element is true. */
  truth(t: Tensor): boolean {
    refuseBatch(
      t,
      "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .",
    );
    const n = t.numel();
    if (n !== 1)
      throw new RuntimeError(
        `Boolean value of Tensor with ${n === 0 ? "no values" : "more than one value"} is ambiguous`,
      );
    const value = t.item() as unknown;
    return value instanceof Complex ? value.re !== 0 || value.im !== 0 : Boolean(value) || Number.isNaN(value);
  },
  layout: (name: string): Layout => layouts.find((l) => l.name === name)!,
  sparseChecks(on: boolean | null): boolean {
    if (on !== null) invariants.on = on;
    return invariants.on;
  },
  layoutOf: ({ layout }: Tensor): string => layout.name,
  memoryFormat: (name: string): MemoryFormat => memoryFormats[name],
  getState: (generator: Generator): Tensor => {
    const bytes = generator.get_state();
    return fromTyped(bytes, [bytes.length], uint8);
  },
  setState(generator: Generator, state: Tensor): void {
    if (!(state instanceof Tensor) || state.dtype !== uint8)
      throw new TypeError("RNG state must be a torch.ByteTensor");
    generator.set_state(state.typed_array() as Uint8Array);
  },
  /** `attributes` gives what Python has put on a tensor, and lives as long as it. */
  keepAttributes(t: Tensor, attributes: () => unknown): void {
    keptAttributes.set(t, attributes);
  },
  /** Whether the node keeps something of that name, and what. */
  saved(node: Node, name: string): unknown[] {
    const value = node instanceof OpNode ? node.savedValue(name) : undefined;
    return [value !== undefined, value ?? null];
  },
  /** What a node keeps as it is kept: one, or a list. */
  rawSaved(node: Node, name: string): unknown[] {
    if (node instanceof FunctionNode) return name === "tensors" ? [true, node.raw] : [false, null];
    const kept = node instanceof OpNode ? node.rawSaved(name) : null;
    return [kept !== null, kept];
  },
  savedTensors: (node: Node): unknown[] => (node instanceof FunctionNode ? [true, node.saved_tensors] : [false, null]),
  registerHooks: (kept: SavedTensor, pack: (t: Tensor) => () => Tensor): void =>
    kept.register_hooks(pack, (unpack: () => Tensor) => unpack()),
  /** The number of the level of forward mode that is open, -1 where none is. */
  dualLevel: (): number => (Tensor.tangents === null ? -1 : 0),
  undifferentiable,
  materializeConstants: (ctx: FunctionContext, on: boolean): void => void (ctx._materialize_non_diff_grads = on),
  packed: (...fields: ConstructorParameters<typeof PackedSequence>): PackedSequence => new PackedSequence(...fields),
  /** Calls a function when the backward pass that runs has ended. */
  queueCallback(callback: () => void): void {
    if (running.pass === null) throw new RuntimeError("Final callbacks can only be installed during backward pass.");
    (running.after ??= []).push(callback);
  },
  edgeNode: (t: Tensor): Node | null => gradientEdge(t)?.node ?? null,
  /** A custom function with these of the methods, which are Python's; `call` is told which, and the context it made. */
  newFunction(name: string, own: readonly string[], generate_vmap_rule: boolean, call: Fn): FunctionClass {
    const contexts = new WeakMap<FunctionContext, unknown>();
    const methods: Readonly<Record<string, Fn>> = {
      forward(ctx, ...args) {
        if (own.includes("setup_context")) return call("forward", null, null, ctx, ...args);
        const [context, results] = call("forward", ctx, null, ...args) as unknown[];
        contexts.set(ctx as FunctionContext, context);
        return results;
      },
      setup_context: (ctx, ...given) =>
        void contexts.set(ctx as FunctionContext, call("setup_context", ctx, null, ...given)),
      vmap(info, ...given) {
        const { batch_size, randomness } = info as VmapInfo;
        return call("vmap", null, null, batch_size, randomness, ...given);
      },
    };
    const Made = class extends Function {
      static override generate_vmap_rule = generate_vmap_rule;
    };
    for (const method of own)
      Object.defineProperty(Made, method, {
        value:
          methods[method] ??
          ((ctx: FunctionContext, ...grads: unknown[]) => call(method, ctx, contexts.get(ctx), ...grads)),
      });
    Object.defineProperty(Made, "name", { value: name });
    return Made;
  },
  applyFunction: (of: FunctionClass, ...args: unknown[]): unknown => of.apply(...(args as never[])),
  /** What `out=` does with a result. */
  writeOut,
  /** What sees the same memory with the signs changed, of no graph. */
  negView: (self: Tensor): Tensor => _neg_view(self),
  negated: (self: Tensor): Tensor => _neg_view(self).detach(),
  /** Another tensor on the same memory, of no graph. */
  sharing: (self: Tensor): Tensor => self.bare(),
  /** The same for tensors that share memory. */
  storageNumber({ storage: { block } }: Tensor): number {
    const number = storageNumbers.get(block) ?? storages++;
    storageNumbers.set(block, number);
    return number;
  },
  /** A copy of all the memory that a tensor may be a part of. */
  wholeStorage({ storage, dtype }: Tensor): Tensor {
    return new Tensor(storage, dtype, [Math.floor(storage.block.nbytes / dtype.itemsize)], [1], 0).clone();
  },
  viewAs,
  // ---- files
  fileStart: (file: TorchFile): number => file.from,
  claim: (file: TorchFile, key: string, dtype: Dtype, numel: number): Tensor => file.claim(key, dtype, numel),
  finishFile: (file: TorchFile, end: number): void => file.finish(end),
  closeFile,
  weightsOnlyMessage,
  /** All the memory that a tensor may be a part of, as bytes. */
  bytesOf: ({ storage }: Tensor): Tensor => new Tensor(storage, uint8, [storage.block.nbytes], [1], 0),
  /** A tensor in the memory of such bytes. Raises RuntimeError if it would reach beyond them. */
  fromBytes(bytes: Tensor, dtype: Dtype, offset: number, size: number[], stride: number[]): Tensor {
    if (size.some((n) => n < 0))
      throw new RuntimeError(`Trying to create tensor with negative dimension: ${list(size)}`);
    const whole = new Tensor(bytes.storage, dtype, [Math.floor(bytes.storage.block.nbytes / dtype.itemsize)], [1], 0);
    const { sizes, strides } = withGrad(false, () => whole.as_strided(size, stride, offset));
    return new Tensor(bytes.storage, dtype, sizes, strides, offset);
  },
  /** The dtype that stands for one of this name, which tensors have not. */
  widerDtype: (name: string): Dtype | null => (widerSize(name) === undefined ? null : widerDtype(name)),
  /** Bytes of elements of such a dtype as the wider one, the same for all who share them. */
  widerStorage: ({ storage }: Tensor, name: string): Tensor => widerStorage(storage, name),
  /** A tensor that lies in the memory of `whole` as the first one does in its own. */
  sameLayout: ({ dtype, sizes, strides, offset }: Tensor, whole: Tensor): Tensor =>
    new Tensor(whole.storage, dtype, sizes, strides, offset),
  same: (a: object, b: object): boolean => a === b,
  sizes: (self: Tensor): readonly number[] => self.sizes,
  /** `pack` gives the function that unpacks: so the packed value, whatever it is, stays in Python. */
  savedHooks(pack: (t: Tensor) => () => Tensor): RemovableHandle {
    const guard = withSavedHooks(pack, (unpack: () => Tensor) => unpack(), null) as Guard;
    return { remove: () => guard[Symbol.dispose]() };
  },
  // ---- mixed precision
  /** Whether a region of autocast would be one; warns where not. */
  autocastEnabled: (device: string, dtype: Dtype, enabled: boolean): boolean =>
    regionOf(device, dtype, enabled, null).autocast ?? false,
  autocast(device: string, dtype: Dtype, enabled: boolean, cache_enabled: boolean): RemovableHandle {
    const guard = scoped("autocast", regionOf(device, dtype, enabled, cache_enabled), undefined) as Guard;
    return { remove: () => guard[Symbol.dispose]() };
  },
  newGradScaler: (...args: unknown[]): GradScaler =>
    new GradScaler(...(args as ConstructorParameters<typeof GradScaler>)),
  // ---- torch.onnx
  ...onnx,
  // ---- torch.utils.tensorboard
  newSummaryWriter: (log_dir: string, purge_step: number | null, filename_suffix: string): SummaryWriter =>
    SummaryWriter.createNow(log_dir, { purge_step, filename_suffix }),
  /** What stands for an optimizer in the eyes of a GradScaler. */
  steppedBy: (params: Tensor[]): object => new Stepped(params),
  // ---- schedulers
  ...schedulers,
  // ---- torch.distributed
  ...distributed,
  // ---- torch.profiler
  ...profiler,
  // ---- tidu.train
  ...train,
  // ---- torch.viz
  ...viz,
  // ---- optimizers
  /** What stands for an optimizer written in Python: its groups, whose rates schedulers set. */
  newOptimizer(params: Tensor[], defaults: CommonOptions): Optimizer {
    const made = new Optimizer(params, defaults);
    made._opt_called = true;
    return made;
  },
  groups: (optimizer: Optimizer): unknown[] => optimizer.param_groups.map((group) => ({ ...group })),
  setGroups(optimizer: Optimizer, groups: unknown[]): void {
    optimizer.param_groups.splice(0, Infinity, ...(groups.map(plain) as typeof optimizer.param_groups));
  },
  state: (optimizer: Optimizer): unknown[] => [...optimizer.state].map(([p, values]) => [p, { ...values }]),
  setOptimizerState(optimizer: Optimizer, entries: [Tensor, object][]): void {
    optimizer.state.clear();
    for (const [p, values] of entries) optimizer.state.set(p, plain(values) as Record<string, Tensor>);
  },
};
