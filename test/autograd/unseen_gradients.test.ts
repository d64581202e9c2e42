// Note [Unseen gradients] in src/tensor/tensor.ts: gradients that a program never read are freed with zero_grad, others never.
import { expect, test } from "vitest";
import type { CpuDevice } from "../../src/devices/cpu/device.ts";
import { currentDevice } from "../../src/devices/registry.ts";
import * as torch from "../../src/index.ts";
import { nn, optim } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { memory } = currentDevice() as CpuDevice;
/** Bytes handed out and not given back by anybody but the garbage collector. */
const held = (): number => memory.stats().live + memory.stats().swept;

/** A parameter, and a step that changes it by its gradient, 1, 2, 3, ... in the steps one after the other. */
function training(make: (p: Tensor) => optim.AnyOptimizer): { p: Tensor; step: () => void; zero: () => void } {
  const p = new nn.Parameter(torch.zeros(5000));
  const optimizer = make(p);
  let k = 0;
  return {
    p,
    zero: () => optimizer.zero_grad(),
    step: () => {
      p.mul(++k).sum().backward();
      optimizer.step();
    },
  };
}
const optimizers: Readonly<Record<string, (p: Tensor) => optim.AnyOptimizer>> = {
  SGD: (p) => new optim.SGD([p], { lr: 0.1, momentum: 0.9, nesterov: true }),
  Adam: (p) => new optim.Adam([p], { amsgrad: true }),
  AdamW: (p) => new optim.AdamW([p]),
  Adadelta: (p) => new optim.Adadelta([p]),
  Adagrad: (p) => new optim.Adagrad([p]),
  Adamax: (p) => new optim.Adamax([p]),
  NAdam: (p) => new optim.NAdam([p]),
  RAdam: (p) => new optim.RAdam([p]),
  RMSprop: (p) => new optim.RMSprop([p], { momentum: 0.9, centered: true }),
  ASGD: (p) => new optim.ASGD([p]),
  Rprop: (p) => new optim.Rprop([p]),
  Adafactor: (p) => new optim.Adafactor([p]),
};

test.each(Object.keys(optimizers))("%s: gradients go with zero_grad, and what remains is not touched", (name) => {
  const run = (look: boolean): [Tensor, number] => {
    const { p, step, zero } = training(optimizers[name]);
    step();
    const before = held();
    for (let i = 0; i < 3; i++) {
      zero();
      if (look) expect(p.grad).toBeNull();
      step();
      if (look)
        expect(
          p
            .grad!.eq(i + 2)
            .all()
            .item(),
        ).toBe(true);
    }
    return [p, held() - before];
  };
  const [unseen, grown] = run(false);
  const [seen, grownSeen] = run(true);
  expect(torch.equal(unseen, seen)).toBe(true);
  // The product k * p is left to the collector in each of three steps; seen, the gradient is, too.
  const bytes = 4 * 5000;
  expect(grownSeen - grown).toBeGreaterThanOrEqual(2 * bytes);
});

const steps = (make: (p: Tensor) => optim.AnyOptimizer, prepare: (p: Tensor) => Tensor[]): void => {
  const { p, step, zero } = training(make);
  const kept = prepare(p);
  const seen: Tensor[] = [];
  for (let i = 1; i <= 3; i++) {
    step();
    seen.push(...kept.splice(0));
    zero();
  }
  step();
  expect(seen.length).toBeGreaterThanOrEqual(3);
  for (const [i, g] of seen.entries())
    expect(
      g
        .eq(i + 1)
        .all()
        .item(),
      `gradient ${i}`,
    ).toBe(true);
};
const sgd = optimizers["SGD"];

test("a gradient that was read stays what it was", () => {
  const { p, step, zero } = training(sgd);
  step();
  const g = p.grad!;
  zero();
  step();
  p.grad = torch.zeros(5000);
  step();
  expect(g.eq(1).all().item()).toBe(true);
});
test("so do those that hooks were given", () => {
  steps(sgd, (p) => {
    const kept: Tensor[] = [];
    p.register_post_accumulate_grad_hook((leaf) => void kept.push(leaf.grad!));
    return kept;
  });
  steps(sgd, (p) => {
    const kept: Tensor[] = [];
    p.register_hook((g) => void kept.push(g));
    return kept;
  });
  steps(sgd, (p) => {
    const kept: Tensor[] = [];
    const node = p.view([-1]).grad_fn!.next_functions[0][0]!;
    node.register_hook((_, grads) => void kept.push(grads[0]!));
    return kept;
  });
});
test("so do those that an optimizer of one's own keeps, even if it extends one of the library's", () => {
  const kept: Tensor[] = [];
  class Own extends optim.SGD {
    protected override update(...args: Parameters<optim.SGD["update"]>): void {
      kept.push(args[1]);
      super.update(...args);
    }
  }
  steps(
    (p) => new Own([p], { lr: 0.1 }),
    () => kept,
  );
});
test("Module.zero_grad and p.grad = null free them, too", () => {
  const layer = new nn.Linear(64, 64);
  const x = torch.rand(1, 64);
  const backward = (): void => layer(x).sum().backward();
  backward();
  const before = held();
  for (let i = 0; i < 10; i++) {
    if (i % 2 === 0) layer.zero_grad();
    else for (const p of layer.parameters()) p.grad = null;
    backward();
  }
  expect(held() - before).toBeLessThan(4 * 64 * 64);
});
