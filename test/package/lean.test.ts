// Programs that take tidu/lean have the everyday methods of tensors, and the library itself needs no others.
import { beforeAll, describe, expect, test, vi } from "vitest";
import type * as Torch from "../../src/index.ts";

const namesOf = ({ Tensor }: typeof Torch): string[] => Object.getOwnPropertyNames(Tensor.prototype);
/** Each with modules of its own, so that what one brings the other has not. */
async function alone<T>(load: () => Promise<T>): Promise<T> {
  vi.resetModules();
  return load();
}
describe("tidu/lean", () => {
  test("exports what tidu does", async () => {
    const lean = await alone(() => import("../../src/lean.ts"));
    const whole = await alone(() => import("../../src/index.ts"));
    expect(Object.keys(lean)).toEqual(Object.keys(whole));
  });
  test("says of every method that it leaves out where it is to be had", async () => {
    const whole = namesOf(await alone(() => import("../../src/index.ts")));
    const lean = await alone(() => import("../../src/lean.ts"));
    const there = new Set(namesOf(lean as typeof Torch));
    const absent = whole.filter((name) => !there.has(name));
    expect(absent.length).toBeGreaterThan(200);
    const x = lean.tensor([1, 2]) as unknown as Record<string, unknown>;
    const silent = absent.filter((name) => {
      try {
        return (void x[name], true);
      } catch (error) {
        return !(error instanceof lean.AttributeError && error.message.includes(`Import "tidu"`));
      }
    });
    expect(silent, "left out without a word: they belong into src/ops/methods/absent.ts").toEqual([]);
    expect(x["no_such_name"]).toBeUndefined();
  });
  test("and nothing of those that are there, or that nobody has", async () => {
    const whole = new Set(namesOf(await alone(() => import("../../src/index.ts"))));
    const lean = await alone(() => import("../../src/lean.ts"));
    const x = lean.tensor([1, 2]);
    const refused = (name: string): boolean => {
      try {
        return ((x as unknown as Record<string, unknown>)[name], false);
      } catch (error) {
        return error instanceof lean.AttributeError;
      }
    };
    const { readFileSync } = await import("node:fs");
    const [, list] = /new Set\("([^"]*)"/.exec(readFileSync("src/ops/methods/absent.ts", "utf8"))!;
    const named = list.split(/[\s\\]+/).filter((name) => name !== "");
    expect(named.filter((name) => !whole.has(name) && !whole.has(`${name}_`))).toEqual([]);
    expect([...named, ...named.map((name) => `${name}_`)].filter(refused).length).toBeGreaterThan(named.length);
    expect(namesOf(lean as typeof Torch).filter((name) => name !== "constructor" && refused(name))).toEqual([]);
  });
  test("is one library with tidu, which brings the rest", async () => {
    const lean = await alone(() => import("../../src/lean.ts"));
    const x = lean.tensor([4.5, 2]);
    expect(() => x.cumprod(0)).toThrow("no attribute 'cumprod'");
    expect(String(lean.cumprod(x, 0))).toBe("tensor([4.5000, 9.0000])");
    const { Tensor } = await import("../../src/index.ts");
    expect(x instanceof Tensor).toBe(true);
    expect(String(x.cumprod(0))).toBe("tensor([4.5000, 9.0000])");
  });
  test.each([
    ["nn", () => import("../../src/nn/index.ts")],
    ["nn/functional", () => import("../../src/nn/functional/index.ts")],
    ["optim", () => import("../../src/optim/index.ts")],
    ["data", () => import("../../src/data/index.ts")],
  ])("is not made whole by tidu/%s", async (_, load) => {
    await alone<unknown>(load);
    const { tensor } = await import("../../src/lean.ts");
    expect(() => tensor([1]).cumprod(0)).toThrow("no attribute 'cumprod'");
  });
});

type Torchlike = Pick<typeof Torch, "nn" | "optim" | "tensor" | "randn" | "randint" | "manual_seed">;
/** Programs of every day, by name. Each gives its losses. */
const programs: Readonly<Record<string, (torch: Torchlike) => unknown[]>> = Object.fromEntries(
  (["SGD", "Adam", "AdamW"] as const).flatMap((optimizer) =>
    Object.entries({
      "an image classifier": ({ nn, randn, randint }: Torchlike) => {
        const model = new nn.Sequential(
          new nn.Conv2d(1, 4, 3),
          new nn.BatchNorm2d(4),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Dropout(0.1),
          new nn.Flatten(),
          new nn.Linear(36, 5),
        );
        const [x, y] = [randn(6, 1, 8, 8), randint(0, 5, [6])];
        return { model, loss: () => new nn.CrossEntropyLoss()(model(x), y) };
      },
      "a regression": ({ nn, randn }: Torchlike) => {
        const model = new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.LayerNorm(8), new nn.Linear(8, 2));
        const [x, y] = [randn(5, 3), randn(5, 2)];
        return { model, loss: () => new nn.MSELoss()(model(x), y) };
      },
      "a text classifier with attention": ({ nn, randint, tensor }: Torchlike) => {
        const embedding = new nn.Embedding(11, 8);
        const attention = new nn.MultiheadAttention(8, 2, { batch_first: true });
        const head = new nn.Sequential(new nn.GELU(), new nn.Linear(8, 1), new nn.Flatten(0));
        const model = new nn.ModuleList([embedding, attention, head]);
        const [x, y] = [randint(0, 11, [4, 6]), tensor([0, 1, 1, 0]).float()];
        return {
          model,
          loss: () => {
            const e = embedding(x);
            const [a] = attention(e, e, e);
            return new nn.BCEWithLogitsLoss()(head(a.add(e).mean(1)), y);
          },
        };
      },
    } as Record<string, (torch: Torchlike) => { model: Torch.nn.Module; loss: () => Torch.Tensor }>).map(
      ([name, make]) => [
        `${name}, ${optimizer}`,
        (torch: Torchlike) => {
          torch.manual_seed(7);
          const { model, loss } = make(torch);
          const steps = new torch.optim[optimizer](model.parameters(), { lr: 0.01 });
          const losses = Array.from({ length: 4 }, () => {
            steps.zero_grad();
            const l = loss();
            l.backward();
            steps.step();
            return l.item();
          });
          return [...losses, String(model), String(loss())];
        },
      ],
    ),
  ),
);
describe("with the everyday methods alone", () => {
  let lean: Torchlike;
  let whole: Torchlike;
  beforeAll(async () => {
    lean = (await alone(() => import("../../src/lean.ts"))) as Torchlike;
    whole = await alone(() => import("../../src/index.ts"));
  });
  test.each(Object.entries(programs))("%s trains as with all", (_, program) => {
    const losses = program(lean);
    expect(losses).toEqual(program(whole));
    expect(losses[3]).toBeLessThan(losses[0] as number);
  });
});
