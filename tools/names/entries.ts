// Namespaces of PyTorch's that are entries of their own here.
import * as data from "../../src/data/index.ts";
import * as distributions from "../../src/distributions/index.ts";

export const entries: Readonly<Record<string, object>> = {
  "torch.distributions": distributions,
  "torch.distributions.constraints": distributions.constraints,
  "torch.utils.data": data,
};
