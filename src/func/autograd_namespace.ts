// torch.autograd, with what is made of functions of functions.
export * from "../autograd/index.ts";
export * as functional from "./functional.ts";
