// Namespaces of PyTorch's that are entries of their own here.
import * as data from "../../src/data/index.ts";

export const entries: Readonly<Record<string, object>> = { "torch.utils.data": data };
