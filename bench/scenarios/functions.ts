import * as torch from "tidu";
import type { Case, Scenario } from "../scenario.ts";
import { milliseconds } from "../scenario.ts";

const N = 1_000_000;
const ANY = ["exp", "sin", "tan", "atan", "tanh", "erf"];
const POSITIVE = ["log", "log1p", "lgamma"];
const FRACTIONS = ["asin", "erfinv"];
const PAIRS = ["pow", "atan2"];

/** Functions of normal numbers, of their sizes, or of fractions from -0.99 to 0.99. */
const functionCase = (name: string, dtype: torch.Dtype): Case => ({
  name: `${name}, ${dtype.name}`,
  show: milliseconds,
  prepare: () => {
    const options = { dtype };
    const normal = torch.randn(N, options);
    const x = FRACTIONS.includes(name)
      ? torch.rand(N, options).mul(1.98).sub(0.99)
      : ANY.includes(name) || name === "atan2"
        ? normal
        : normal.abs();
    if (!PAIRS.includes(name)) return () => x[name as "exp"]();
    const y = torch.randn(N, options);
    return () => x[name as "pow"](y);
  },
});

export const functions: Scenario = {
  title: "functions of 1,000,000",
  unit: "ms",
  measure: "seconds",
  cases: [ANY, POSITIVE, FRACTIONS, PAIRS]
    .flat()
    .flatMap((name) => [functionCase(name, torch.float32), functionCase(name, torch.float64)]),
};
