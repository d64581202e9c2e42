// torch._dynamo
export { explain, is_compiling, reset } from "./namespaces.ts";
export type { ExplainOutput } from "./namespaces.ts";
