// The library's functions by the names that Python has for them.
import * as torch from "../index.ts";
import * as distributed from "../distributed/index.ts";
import * as distributions from "../distributions/index.ts";
import * as functional from "../nn/functional/index.ts";
import * as nn from "../nn/index.ts";
import * as masks from "../nn/utils/masks.ts";
import * as weights from "../nn/utils/weights.ts";
import * as optim from "../optim/index.ts";

type Namespace = Readonly<Record<string, unknown>>;
const spaces: Readonly<Record<string, Namespace>> = {
  torch: torch as Namespace,
  nn: { ...nn, SyncBatchNorm: distributed.SyncBatchNorm } as Namespace,
  "nn.functional": functional as Namespace,
  "nn.grad": nn.grad as Namespace,
  "nn.init": nn.init as Namespace,
  "nn.utils": nn.utils as Namespace,
  "nn.utils.masks": masks as Namespace,
  "nn.utils.weights": weights as Namespace,
  "nn.utils.rnn": nn.utils.rnn as Namespace,
  optim: optim as Namespace,
  "optim.lr_scheduler": { ...optim.lr_scheduler, SWALR: optim.swa_utils.SWALR } as Namespace,
  linalg: torch.linalg as Namespace,
  fft: torch.fft as Namespace,
  special: torch.special as Namespace,
  sparse: torch.sparse as Namespace,
  "signal.windows": torch.signal.windows as Namespace,
  autograd: torch.autograd as Namespace,
  functional: torch.autograd.functional as Namespace,
  amp: torch.amp as Namespace,
  accelerator: torch.accelerator as Namespace,
  cuda: torch.cuda as Namespace,
  "autograd.graph": torch.autograd.graph as Namespace,
  "autograd.forward_ad": torch.autograd.forward_ad as Namespace,
  distributed: distributed as Namespace,
  distributions: distributions as Namespace,
  "utils.checkpoint": torch.utils.checkpoint as Namespace,
};
export const namespaces = {
  /** `linalg.solve`; a name without a dot is looked for in nn, then in optim. */
  find(path: string): unknown {
    const dot = path.lastIndexOf(".");
    if (dot < 0) return spaces["nn"][path] ?? spaces["optim"][path] ?? spaces["optim.lr_scheduler"][path];
    return spaces[path.slice(0, dot)]?.[path.slice(dot + 1)];
  },
  names(space: string): string[] {
    return Object.entries(spaces[space] ?? {})
      .filter(([, f]) => typeof f === "function")
      .map(([name]) => name);
  },
};
