// The rest of the library that programs may import, as one file, which comes when a program asks for any of it: each entry in a
// file of its own would split what all of them share into a dozen parts, which pack worse and come one by one at the first view.
export * as torch from "tidu";
export * as typed from "tidu/typed";
export * as train from "tidu/train";
export * as data from "tidu/data";
export * as distributions from "tidu/distributions";
export * as transforms from "tidu/transforms";
export * as viz from "tidu/viz";
