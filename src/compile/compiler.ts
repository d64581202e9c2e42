// torch.compiler
export { is_compiling, reset } from "./namespaces.ts";
