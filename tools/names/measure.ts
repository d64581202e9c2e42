// Which of PyTorch's public names each front has.
import { readFileSync } from "node:fs";
import * as torch from "../../src/index.ts";
import type { Python } from "../../src/python/index.ts";
import { entries } from "./entries.ts";

interface Recorded {
  readonly modules: Readonly<Record<string, string>>;
  readonly classes: Readonly<Record<string, string>>;
  readonly everything: string;
}
type Names = Readonly<Record<string, readonly string[]>>;

/** What PyTorch has and a front has not. */
export interface Missing {
  /** Modules that cannot be imported. */
  readonly modules: readonly string[];
  /** Of those that can: names by module or class. */
  readonly names: Names;
}
/** Families that are not ours to have, by the beginning of their modules' names, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "torch.ao": "quantization and pruning of deployed models",
  "torch.quantization": "older names of torch.ao",
  "torch.nn.intrinsic": "older names of torch.ao",
  "torch.nn.qat": "older names of torch.ao",
  "torch.nn.quantizable": "older names of torch.ao",
  "torch.nn.quantized": "older names of torch.ao",
  "torch.backends": "switches of libraries that are not there",
  "torch.contrib": "drawing graphs for TensorBoard",
  "torch.cuda": "a device that is not there",
  "torch.distributed": "several processes; a process alone is answered for",
  "torch.export": "graphs for other runtimes",
  "torch.fx": "graphs of programs",
  "torch.jit": "TorchScript: programs run as they are",
  "torch.monitor": "counters of servers",
  "torch.mps": "a device that is not there",
  "torch.mtia": "a device that is not there",
  "torch.nativert": "a runtime in C++",
  "torch.nn.cpp": "wrappers of modules written in C++",
  "torch.numa": "placement of processes",
  "torch.onnx": "all but `export` and `is_in_onnx_export`: parts of its exporter",
  "torch.package": "archives of code",
  "torch.utils": "tools for work on PyTorch itself, but for those under torch.utils.data and others below",
  "torch.xpu": "a device that is not there",
};
/** What is ours all the same of a family left out. */
const OURS =
  /^torch\.utils\.(data|checkpoint|benchmark|dlpack|hooks|deterministic|model_zoo|flop_counter|weak)(\.(?!datapipes|benchmark|backward)|$)|^torch\.(utils|cuda|cuda\.amp|backends|backends\.(cuda|cudnn|mkl|mkldnn|mps|openmp|opt_einsum)|distributed|jit|mps|fx)$/;

/** Names of `torch` that belong to such a family, too: functions that no page of PyTorch's tells of. */
const INNER =
  /^(cudnn|mkldnn|miopen|fbgemm|quantized|hspmm|q_|choose_q|fake_q|fused_|batch_norm_\w*(stats|elemt|reduce)|native_|hash_|parse_|import_|get_device_module|vitals|read_vitals|set_vital|init_num|nuclear_norm$|cpp$|export$|cond$|while_loop$|sym_|bits?\d|u?int\d$|quint|qint|float4|dequantize|quantize_|per_|empty_quantized|is_vulkan|sparse_(bsr|bsc)|row_indices_copy|\w+_copy$|\w*(Error|Sym\w+|Monitor|ThroughputBenchmark|Quantizer)$|fork$|wait$|unify_type_list|merge_type|autocast_\w+crement|memory_format$|cudnn|mtia|xpu)/;

const recorded = JSON.parse(
  readFileSync(new URL("../../test/recorded/names.json", import.meta.url), "utf8"),
) as Recorded;
export const everything: readonly string[] = recorded.everything.split(" ");
const listed = (of: Readonly<Record<string, string>>): Names =>
  Object.fromEntries(Object.entries(of).map(([place, text]) => [place, text === "" ? [] : text.split(" ")]));
const isLeftOut = (place: string): boolean =>
  !OURS.test(place) && Object.keys(LEFT_OUT).some((family) => `${place}.`.startsWith(`${family}.`));

/** All that was recorded, and what of it counts. */
export const all: Names = listed(recorded.modules);
export const modules: Names = Object.fromEntries(
  Object.entries(all)
    .filter(([place]) => !isLeftOut(place))
    .map(([place, names]) => [place, place === "torch" ? names.filter((name) => !INNER.test(name)) : names]),
);
export const classes: Names = listed(recorded.classes);

const PROGRAM = `
import importlib, json, warnings
def found(places, classes):
    warnings.simplefilter("ignore")
    modules, names = [], {}
    def look(place, x, wanted):
        gone = [n for n in wanted if not has(x, n)]
        if gone: names[place] = gone
    def has(x, n):
        try: getattr(x, n)
        except AttributeError: return False
        except BaseException: return True
        return True
    for place, wanted in places.items():
        try: module = importlib.import_module(place)
        except ImportError: modules.append(place)
        else: look(place, module, wanted)
    import torch
    samples = {"torch.dtype": torch.float32, "torch.device": torch.device("cpu")}
    for place, wanted in classes.items():
        home, _, name = place.rpartition(".")
        try: cls = samples.get(place) or getattr(importlib.import_module(home), name)
        except (ImportError, AttributeError): cls = None
        look(place, cls, wanted)
    return json.dumps({"modules": modules, "names": names, "has": [n for n in dir(torch) if not n.startswith("_")]})
found
`;
interface Pyodide {
  runPython(source: string): (places: unknown, classes: unknown) => string;
  toPy(x: unknown): unknown;
}
/** What the Python front has not, and what it has in `torch` that PyTorch has not. */
export function ofPython(python: Python): Missing & { readonly extra: readonly string[] } {
  const { pyodide } = python as unknown as { pyodide: Pyodide };
  const { has, ...missing } = JSON.parse(
    pyodide.runPython(PROGRAM)(pyodide.toPy(modules), pyodide.toPy(classes)),
  ) as Missing & { readonly has: readonly string[] };
  return { ...missing, extra: has.filter((name) => !everything.includes(name)).sort() };
}

type Space = Readonly<Record<string, unknown>>;
/** `torch.nn.functional` in TypeScript: a namespace of `tidu`, or an entry of its own. */
function spaceOf(place: string): Space | null {
  let space: unknown = torch;
  for (const [i, part] of place.split(".").entries()) {
    if (i === 0) continue;
    space = (space as Space | undefined)?.[part];
  }
  const entry = entries[place] as Space | undefined;
  if (typeof space === "object" && space !== null) return { ...(space as Space), ...entry };
  return entry ?? null;
}
/** What objects of a class have that are not on its prototype: fields. */
const SAMPLES: Readonly<Record<string, object>> = {
  "torch.dtype": torch.float32,
  "torch.device": torch.device("cpu"),
  "torch.Size": torch.zeros([2]).shape,
};
/**
 * What the TypeScript front has not. A file of a package has names of its own only where the packages around it have them
 * not.
 */
export function ofTypeScript(): Missing {
  const names: Record<string, readonly string[]> = {};
  const gone: string[] = [];
  for (const [place, listed] of Object.entries(modules)) {
    const wanted = listed.filter((name) => !around(place).some((package_) => all[package_].includes(name)));
    if (wanted.length === 0) continue;
    const space = spaceOf(place);
    const missing = space === null ? wanted : wanted.filter((name) => !(name in space));
    if (space === null) gone.push(place);
    else if (missing.length > 0) names[place] = missing;
  }
  for (const [place, wanted] of Object.entries(classes)) {
    const dot = place.lastIndexOf(".");
    const found = spaceOf(place.slice(0, dot))?.[place.slice(dot + 1)] as { prototype?: object } | undefined;
    const has = [found?.prototype, found, SAMPLES[place]].filter((x) => x !== undefined);
    const missing = wanted.filter((name) => !has.some((x) => name in x));
    if (missing.length > 0) names[place] = missing;
  }
  return { modules: gone, names };
}
const around = (place: string): string[] =>
  place.split(".").flatMap((_, i, parts) => (i > 0 ? [parts.slice(0, i).join(".")] : []));
