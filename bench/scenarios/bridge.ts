import * as torch from "tidu";
import { nn } from "tidu";
import { loadPython } from "tidu/python";
import type { Case, Scenario } from "../scenario.ts";
import { microseconds } from "../scenario.ts";

/** So many calls are one measurement, lest calling Python counts. */
const CALLS = 100;

interface Pyodide {
  runPython(source: string): () => unknown;
}
let python: Promise<Pyodide> | undefined;

/** The same op in a loop of Python's and in one of ours; the peer PyTorch knows the former by name. */
const pair = (expression: string, ours: () => () => unknown): Case[] => [
  {
    name: `Python: ${expression}`,
    show: (seconds) => microseconds(seconds) / CALLS,
    prepare: async () => {
      python ??= loadPython().then(({ pyodide }) => pyodide as Pyodide);
      const source = `
import torch
from torch import nn
a, b = torch.rand(16, requires_grad=True), torch.rand(16)
relu, linear = nn.ReLU(), nn.Linear(16, 16)
def run():
    for _ in range(${CALLS}):
        ${expression}
    return 1
run`;
      return (await python).runPython(source);
    },
  },
  {
    name: `TypeScript: ${expression}`,
    show: (seconds) => microseconds(seconds) / CALLS,
    prepare: () => {
      const call = ours();
      return () => {
        for (let i = 0; i < CALLS; i++) call();
      };
    },
  },
];
const vectors = (): torch.Tensor[] => [torch.rand(16, { requires_grad: true }), torch.rand(16)];

export const bridge: Scenario = {
  title: "an op of 16 elements, recorded, from Python and from TypeScript",
  unit: "µs",
  measure: "seconds",
  cases: [
    ...pair("a + b", () => {
      const [a, b] = vectors();
      return () => a.add(b);
    }),
    ...pair("a.mul(2.0)", () => {
      const [a] = vectors();
      return () => a.mul(2);
    }),
    ...pair("a.sum(0, keepdim=True)", () => {
      const [a] = vectors();
      return () => a.sum(0, { keepdim: true });
    }),
    ...pair("nn.functional.relu(a)", () => {
      const [a] = vectors();
      return () => nn.functional.relu(a);
    }),
    ...pair("relu(a)", () => {
      const [a] = vectors();
      const relu = new nn.ReLU();
      return () => relu(a);
    }),
    ...pair("linear(a)", () => {
      const [a] = vectors();
      const linear = new nn.Linear(16, 16);
      return () => linear(a);
    }),
    ...pair("a[0]", () => {
      const [a] = vectors();
      return () => a[0];
    }),
  ],
};
