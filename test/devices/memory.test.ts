import { inspect } from "node:util";
import type { InspectOptions } from "node:util";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { bool, float32, float64, int64, uint8 } from "../../src/base/dtype.ts";
import { OutOfMemoryError } from "../../src/base/errors.ts";
import type { SpanBlock as Block } from "../../src/devices/memory/span.ts";
import { Heap, sizeClass } from "../../src/devices/memory/heap.ts";
import { CpuMemory } from "../../src/devices/cpu/memory.ts";
import type { CpuMemoryOptions } from "../../src/devices/cpu/memory.ts";
import { tick } from "../../src/devices/memory/span.ts";
import { collector, Mortal, ShownList } from "../../src/devices/memory/collector.ts";
import { Nursery } from "../../src/devices/memory/nursery.ts";

fc.configureGlobal({ seed: 20261123 });

const KIB = 1024;
const MIB = 1024 * KIB;
const bytes = (memory: CpuMemory, block: Block): Uint8Array =>
  memory.host(uint8, block.ptr, block.nbytes) as Uint8Array;
const filledWith = (memory: CpuMemory, block: Block, value: number): boolean =>
  bytes(memory, block).every((x) => x === value);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Two of these overlap, or null. */
function overlap(stretches: { start: number; length: number }[]): unknown {
  const sorted = stretches.toSorted((a, b) => a.start - b.start);
  const at = sorted.findIndex((s, i) => i > 0 && sorted[i - 1].start + sorted[i - 1].length > s.start);
  return at < 0 ? null : [sorted[at - 1], sorted[at]];
}

/** Something a program does with memory; `at` chooses among the blocks it holds. */
const action = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant("allocate" as const),
      size: fc.oneof(fc.nat(100), fc.nat(6000), fc.nat(3 * MIB)),
      at: fc.nat(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("free" as const, "drop" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const), at: fc.nat() }) },
);

describe("the heap of free stretches", () => {
  test("a size class is at least the length and at most a sixteenth more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 26 }), (n) => {
        expect(sizeClass(n)).toBeGreaterThanOrEqual(n);
        expect(sizeClass(n)).toBeLessThanOrEqual((n * 17) / 16);
        expect(sizeClass(sizeClass(n))).toBe(sizeClass(n));
      }),
    );
  });

  test("no two taken stretches overlap, whatever is taken and given back", () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 }));
    const steps = fc.array(fc.tuple(fc.constantFrom("take", "take", "give", "join"), lengths), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new Heap(7, 20_000);
        const taken: { start: number; length: number }[] = [];
        for (const [kind, n] of all) {
          if (kind === "take") {
            const length = sizeClass(n);
            const start = heap.take(length);
            if (start >= 0) taken.push({ start, length });
          } else if (kind === "join") heap.join();
          else if (taken.length > 0) {
            const [{ start, length }] = taken.splice(n % taken.length, 1);
            heap.give(start, length);
          }
          expect(overlap(taken)).toBeNull();
          for (const { start, length } of taken) expect(start >= 7 && start + length <= 20_000).toBe(true);
        }
        for (const { start, length } of taken) heap.give(start, length);
        heap.join();
        expect(heap.longest(20_000)).toBe(20_000 - 7);
      }),
    );
  });

  test("a stretch given back is the next one taken", () => {
    const heap = new Heap(0, 1000);
    const starts = [heap.take(20), heap.take(20), heap.take(20)];
    heap.give(starts[1], 20);
    heap.give(starts[0], 20);
    expect(heap.take(20)).toBe(starts[0]);
    expect(heap.take(20)).toBe(starts[1]);
  });
});

describe("blocks", () => {
  test("held blocks never overlap and keep their contents, whatever is allocated, freed, dropped and swept", () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 120 }), (actions) => {
        const memory = new CpuMemory({ maximumBytes: 512 * MIB, reservedBytes: 1000 });
        const held: { block: Block; value: number }[] = [];
        actions.forEach((a, i) => {
          if (a.kind === "allocate") {
            const entry = { block: memory.allocate(a.size), value: i + 1 };
            bytes(memory, entry.block).fill(entry.value);
            held.push(entry);
          } else if (a.kind === "sweep") memory.sweep();
          else if (held.length > 0) {
            const [{ block }] = held.splice(a.at % held.length, 1);
            if (a.kind === "free") block.free();
          }
        });
        expect(overlap(held.map(({ block }) => ({ start: block.ptr, length: Math.max(block.nbytes, 1) })))).toBeNull();
        for (const { block, value } of held) {
          expect(block.ptr % 16).toBe(0);
          expect(block.ptr).toBeGreaterThanOrEqual(1000);
          expect(filledWith(memory, block, value)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("a block of no bytes has an address of its own", () => {
    const memory = new CpuMemory();
    const [a, b] = [memory.allocate(0), memory.allocate(0)];
    expect(a.ptr).not.toBe(b.ptr);
    expect(memory.host(float32, a.ptr, 0).length).toBe(0);
  });

  test.each([16, 4000, MIB])("a freed block of %i bytes has no address, may be freed again, and is used again", (n) => {
    const memory = new CpuMemory({ liveness: "none" });
    memory.allocate(n);
    const block = memory.allocate(n);
    const { ptr } = block;
    block.free();
    expect(() => block.ptr).toThrow("released by dispose()");
    const next = memory.allocate(n);
    expect(next.ptr).toBe(ptr);
    block.free();
    expect(next.ptr).toBe(ptr);
    expect(memory.allocate(n).ptr).not.toBe(ptr);
  });

  test("a page comes back when all of its blocks were freed, in any order", () => {
    const memory = new CpuMemory({ liveness: "none", maximumBytes: MIB });
    for (let round = 0; round < 50; round++) {
      const blocks = Array.from({ length: 600 }, () => memory.allocate(KIB));
      for (let i = 0; i < 600; i++) blocks[(i * 7) % 600].free();
    }
    expect(memory.stats().live).toBe(0);
  });

  test("memory freed in pieces of any size can be taken as one", () => {
    const memory = new CpuMemory({ liveness: "none", maximumBytes: 8 * MIB });
    const blocks = Array.from({ length: 70 }, (_, i) => memory.allocate((5000 + 1777 * i) & ~15));
    for (let i = 0; i < 70; i++) blocks[(i * 11) % 70].free();
    expect(memory.allocate(7.5 * MIB).ptr).toBeGreaterThanOrEqual(0);
  });

  test("a working set of changing sizes does not fray the memory", () => {
    const memory = new CpuMemory({ liveness: "none" });
    const held: Block[] = [];
    let seed = 1;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 20_000; i++) {
      if (held.length === 100) held.splice(random(100), 1)[0].free();
      held.push(memory.allocate(4000 + random(400 * KIB)));
    }
    expect(memory.stats().reserved).toBeLessThan(2 * memory.stats().peak);
  });
});

describe("finding dead blocks by polling", () => {
  test("the engine that runs the tests can do it", () => {
    expect(new CpuMemory().livenessKind).toBe("poll");
  });

  test.each([64, 4 * KIB, 5000, MIB])("a synchronous loop that drops blocks of %i bytes needs little memory", (n) => {
    const memory = new CpuMemory({ maximumBytes: 128 * MIB });
    const kept = memory.allocate(n);
    bytes(memory, kept).fill(7);
    for (let total = 0; total < 512 * MIB; total += n) memory.allocate(n);
    expect(memory.stats().sweeps).toBeGreaterThan(0);
    expect(filledWith(memory, kept, 7)).toBe(true);
  });

  test("linked graphs that die with every training step leave memory flat", () => {
    interface Node {
      next: Node[];
      saved: Block[];
    }
    const memory = new CpuMemory({ maximumBytes: 128 * MIB });
    const weights = Array.from({ length: 6 }, (_, i) => memory.allocate(500 * (i + 1)));
    weights.forEach((w, i) => bytes(memory, w).fill(i));
    for (let step = 0; step < 4000; step++) {
      let node: Node = { next: [], saved: weights };
      for (let op = 0; op < 60; op++)
        node = { next: [node], saved: [memory.allocate([4, 512, 2048, 16 * KIB][op % 4]), ...node.saved.slice(0, 2)] };
    }
    weights.forEach((w, i) => expect(filledWith(memory, w, i)).toBe(true));
  });

  test("a good moment is taken if there is enough to find, but not again right away", () => {
    const memory = new CpuMemory();
    const drop = (count: number): void => {
      for (let i = 0; i < count; i++) memory.allocate(2 ** 20);
    };
    drop(4);
    memory.settle();
    expect(memory.stats().sweeps).toBe(0);
    drop(16);
    memory.settle();
    expect(memory.stats()).toMatchObject({ sweeps: 1, live: 0, swept: 20 * 2 ** 20 });
    drop(16);
    memory.settle();
    expect(memory.stats().sweeps).toBe(1);
  });

  test("after everything was dropped, a sweep leaves at most the current page live", () => {
    const memory = new CpuMemory();
    const allocateMany = (): Block[] => Array.from({ length: 500 }, (_, i) => memory.allocate(i * 40));
    let blocks: Block[] | null = allocateMany();
    memory.sweep();
    expect(memory.stats().live).toBe(blocks.reduce((sum, b) => sum + Math.max(Math.ceil(b.nbytes / 16) * 16, 16), 0));
    blocks = null;
    memory.sweep();
    expect(memory.stats().live).toBeLessThanOrEqual(16 * KIB);
  });

  test("one held block keeps its page, a freed one does not", () => {
    const memory = new CpuMemory();
    const fillPage = (): Block => Array.from({ length: 600 }, () => memory.allocate(64))[10];
    const held = fillPage();
    memory.sweep();
    const pinned = memory.stats().live;
    held.free();
    memory.sweep();
    expect(memory.stats().live).toBeLessThan(pinned);
    expect(() => held.ptr).toThrow("released by dispose()");
  });

  test("what died young is found without a sweep of everything, and what was held then is found later", () => {
    const memory = new CpuMemory();
    let held: Block[] = Array.from({ length: 8 }, () => memory.allocate(MIB));
    held.forEach((block, i) => bytes(memory, block).fill(i));
    for (let i = 0; i < 2000; i++) {
      memory.allocate(MIB);
      if (i % 50 === 0) memory.settle();
    }
    expect(memory.stats().swept).toBeGreaterThan(1500 * MIB);
    held.forEach((block, i) => expect(filledWith(memory, block, i)).toBe(true));
    held = [];
    memory.sweep();
    expect(memory.stats()).toMatchObject({ live: 0, swept: 2008 * MIB });
  });

  test("what was held at one look is found at the next", () => {
    const memory = new CpuMemory();
    const lookAgain = (): void => {
      const { sweeps } = memory.stats();
      while (memory.stats().sweeps === sweeps) memory.allocate(MIB);
    };
    let held: Block[] = Array.from({ length: 8 }, () => memory.allocate(MIB));
    lookAgain();
    const { swept } = memory.stats();
    held = [];
    lookAgain();
    // All but the block that the look made room for.
    expect(memory.stats()).toMatchObject({ live: MIB, sweeps: 2 });
    expect(memory.stats().swept - swept).toBeGreaterThanOrEqual((8 + 32) * MIB);
    expect(held).toEqual([]);
  });

  test("training steps need little more than they save, for there is a look in passing and one at the end", () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const memory = new CpuMemory();
    const step = (): void => {
      const saved: Block[] = [];
      for (let i = 0; i < 60; i++) {
        const result = memory.allocate(MIB);
        if (i % 2 === 0) saved.push(result);
        now += 1;
      }
    };
    for (let i = 0; i < 30; i++) {
      step();
      memory.settle();
      expect(memory.stats()).toMatchObject({ live: 0, sweeps: 2 * (i + 1) });
    }
    clock.mockRestore();
    expect(memory.stats().peak).toBeLessThan(48 * MIB);
  });

  test("blocks that outlive many looks are found once they are dropped, also if nobody asks for a sweep", () => {
    const memory = new CpuMemory({ maximumBytes: 1024 * MIB });
    const queue: Block[] = [];
    for (let i = 0; i < 4000; i++) {
      queue.push(memory.allocate(MIB));
      bytes(memory, queue[queue.length - 1]).fill(i);
      if (queue.length > 100) expect(bytes(memory, queue.shift() as Block)[5]).toBe((i - 100) % 256);
    }
    expect(memory.stats().peak).toBeLessThan(600 * MIB);
  });

  test("freeing a block that survived a look does not lend its room to two", () => {
    const memory = new CpuMemory();
    const old = Array.from({ length: 8 }, () => memory.allocate(MIB));
    memory.sweep();
    for (const block of old) block.free();
    const next = Array.from({ length: 8 }, () => memory.allocate(MIB));
    next.forEach((block, i) => bytes(memory, block).fill(i));
    old.length = 0;
    memory.sweep();
    const more = Array.from({ length: 8 }, () => memory.allocate(MIB));
    for (const block of more) bytes(memory, block).fill(255);
    next.forEach((block, i) => expect(filledWith(memory, block, i)).toBe(true));
  });

  test("a sweep runs none of the program's microtasks", async () => {
    const memory = new CpuMemory();
    let ran = false;
    const task = Promise.resolve().then(() => (ran = true));
    memory.sweep();
    expect(ran).toBe(false);
    await task;
  });

  test("the forced collection leaves no gc() behind in the program", () => {
    new CpuMemory().sweep();
    expect(runInNewContext("typeof gc")).toBe(typeof globalThis.gc);
  });
});

describe("the nursery", () => {
  const fill = (nursery: Nursery<Mortal>, count: number): Mortal[] =>
    Array.from({ length: count }, () => {
      const token = new Mortal();
      nursery.add(token);
      return token;
    });

  // A function of its own, lest the caller's frame keep all of them.
  const fillAndHoldSome = (nursery: Nursery<Mortal>): Mortal[] => fill(nursery, 1000).filter((_, i) => i % 10 === 3);

  test("opens in the engine that runs the tests, and shows who survived, once", () => {
    const nursery = Nursery.open<Mortal>() as Nursery<Mortal>;
    const held = fillAndHoldSome(nursery);
    const survivors = nursery.survivors();
    expect(survivors.length).toBe(100);
    expect(new Set(survivors)).toEqual(new Set(held));
    expect(nursery.survivors()).toEqual([]);
  });

  test("misses no survivor, however many there are", () => {
    const nursery = Nursery.open<Mortal>() as Nursery<Mortal>;
    const held = fill(nursery, 50_000);
    expect(new Set(nursery.survivors())).toEqual(new Set(held));
  });

  test("does its work when the program has changed what inspect() shows", () => {
    const before = { ...inspect.defaultOptions };
    Object.assign(inspect.defaultOptions, { customInspect: false, maxArrayLength: 1, depth: 0, showHidden: false });
    try {
      const nursery = Nursery.open<Mortal>() as Nursery<Mortal>;
      const held = fill(nursery, 20);
      expect(nursery.survivors().length).toBe(held.length);
    } finally {
      Object.assign(inspect.defaultOptions, before);
    }
  });

  test("calls nobody dead at the end of the stack: it raises and keeps them", () => {
    const nursery = Nursery.open<Mortal>() as Nursery<Mortal>;
    const held = fill(nursery, 20);
    const seen: (number | "raised")[] = [];
    // At the end of the stack, and then with a little more left at every return.
    const recurse = (): void => {
      try {
        recurse();
      } catch {
        // the end of the stack
      }
      if (seen.at(-1) === held.length) return;
      try {
        seen.push(nursery.survivors().length);
      } catch {
        seen.push("raised");
      }
    };
    recurse();
    expect(seen.at(-1)).toBe(20);
    expect(seen.slice(0, -1).every((x) => x === "raised")).toBe(true);
  });

  test("is not opened where the engine shows the dead, or hides one of the living", () => {
    const { young } = collector()!;
    const shown = (options: InspectOptions): ShownList => new ShownList((set) => inspect(set, options));
    const all = (): ShownList => shown({ showHidden: true, maxArrayLength: Infinity });
    const some = (): ShownList => shown({ showHidden: true, maxArrayLength: 100 });
    const nobody = (): ShownList => new ShownList(() => "WeakSet {}");
    expect(Nursery.works(young, all)).toBe(true);
    expect(Nursery.works(() => {}, all)).toBe(false);
    expect(Nursery.works(young, some)).toBe(false);
    expect(Nursery.works(young, nobody)).toBe(false);
  });

  test("memory works without one", async () => {
    vi.resetModules();
    const { Nursery: Fresh } = await import("../../src/devices/memory/nursery.ts");
    vi.spyOn(Fresh, "works").mockReturnValue(false);
    const fresh = await import("../../src/devices/cpu/memory.ts");
    const memory = new fresh.CpuMemory({ maximumBytes: 128 * MIB });
    expect(Fresh.open()).toBeNull();
    expect(memory.livenessKind).toBe("poll");
    const kept = memory.allocate(MIB);
    bytes(memory, kept).fill(7);
    for (let i = 0; i < 512; i++) memory.allocate(MIB);
    expect(filledWith(memory, kept, 7)).toBe(true);
    vi.restoreAllMocks();
  });
});

describe("finding dead blocks by finalizers", () => {
  test("a loop that awaits a macrotask gets dropped blocks back", async () => {
    const memory = new CpuMemory({ liveness: "finalizer", maximumBytes: 1024 * MIB });
    const kept = [memory.allocate(MIB), memory.allocate(100)];
    for (const block of kept) bytes(memory, block).fill(3);
    for (let step = 0; step < 400; step++) {
      for (let i = 0; i < 8; i++) memory.allocate(MIB);
      for (let i = 0; i < 100; i++) memory.allocate(100);
      await turn();
    }
    for (const block of kept) expect(filledWith(memory, block, 3)).toBe(true);
    expect(memory.stats().live).toBeLessThan(1024 * MIB);
  });

  test("is what an engine without Node's modules gets", async () => {
    vi.resetModules();
    const fresh = await import("../../src/devices/cpu/memory.ts");
    vi.stubGlobal("process", undefined);
    const memory = new fresh.CpuMemory();
    vi.unstubAllGlobals();
    expect(memory.livenessKind).toBe("finalizer");
  });

  test("explicit free needs no await", () => {
    const memory = new CpuMemory({ liveness: "finalizer", maximumBytes: 4 * MIB });
    for (let i = 0; i < 1000; i++) memory.allocate(MIB).free();
    expect(memory.stats().live).toBe(0);
  });
});

// Note [Moving out]
describe("where the memory has no room for all that lives", () => {
  const small = (options: CpuMemoryOptions = {}): CpuMemory =>
    new CpuMemory({ liveness: "finalizer", maximumBytes: 16 * MIB, resident: 8 * MIB, ...options });

  test.each([64, 4 * KIB, 5000, MIB])("a synchronous loop that drops blocks of %i bytes goes on", (n) => {
    const memory = small();
    const kept = Array.from({ length: 5 }, (_, i) => {
      const block = memory.allocate(n);
      bytes(memory, block).fill(i);
      return block;
    });
    for (let total = 0; total < 64 * MIB; total += Math.max(n, 1000)) memory.allocate(n);
    expect(memory.stats().reserved).toBeLessThanOrEqual(16 * MIB);
    kept.forEach((block, i) => expect(filledWith(memory, block, i)).toBe(true));
  });

  test.each([true, false])("blocks keep their contents, whatever is used in which order (shared: %s)", (shared) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 200 }), (actions) => {
        const memory = small({ shared, maximumBytes: 2 * MIB, resident: MIB });
        const held: { block: Block; value: number; home: number }[] = [];
        actions.forEach((a, i) => {
          if (a.kind === "allocate") {
            const block = memory.allocate(Math.ceil(a.size / 16));
            bytes(memory, block).fill(i + 1);
            held.push({ block, value: i + 1, home: block.home });
          } else if (held.length > 0) {
            const at = a.at % held.length;
            const { block, value } = held[at];
            expect(filledWith(memory, block, value)).toBe(true);
            if (a.kind === "free") block.free();
            if (a.kind !== "sweep") held.splice(at, 1);
          }
        });
        for (const { block, value, home } of held) {
          expect(filledWith(memory, block, value)).toBe(true);
          expect(block.home).toBe(home);
        }
        expect(overlap(held.map(({ block }) => ({ start: block.home, length: Math.max(block.nbytes, 1) })))).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test("what was read since the last allocation stays where it is, and so do views of it", () => {
    const memory = small({ shared: false });
    const blocks = Array.from({ length: 12 }, (_, i) => {
      const block = memory.allocate(MIB);
      bytes(memory, block).fill(i);
      return block;
    });
    const views = blocks.slice(0, 8).map((block) => bytes(memory, block));
    views.forEach((view, i) => expect(view.every((x) => x === i)).toBe(true));
    expect(memory.stats().broughtBack).toBeGreaterThan(0);
  });

  test("what comes back again and again is given more room", () => {
    const memory = small({ resident: MIB });
    const blocks = Array.from({ length: 32 }, () => memory.allocate(MIB / 8));
    const round = (): number => {
      const before = memory.stats().movedOut;
      for (const block of blocks) {
        expect(block.ptr).toBeGreaterThanOrEqual(0);
        memory.allocate(MIB / 8).free();
      }
      return memory.stats().movedOut - before;
    };
    expect(round()).toBeGreaterThan(0);
    for (let i = 0; i < 20; i++) round();
    expect(round()).toBe(0);
  });

  test("the longest unused moves out first", () => {
    const memory = small();
    const [first, second] = [memory.allocate(MIB), memory.allocate(MIB)];
    for (let i = 0; i < 30; i++) {
      memory.allocate(MIB);
      expect(first.ptr).toBeGreaterThanOrEqual(0);
    }
    expect(memory.stats().broughtBack).toBe(0);
    expect(second.ptr).toBeGreaterThanOrEqual(0);
    expect(memory.stats().broughtBack).toBe(MIB);
  });

  test("a block may be freed while it is moved out", () => {
    const memory = small();
    const block = memory.allocate(MIB);
    for (let i = 0; i < 30; i++) memory.allocate(MIB);
    const { live } = memory.stats();
    block.free();
    expect(memory.stats().live).toBe(live - MIB);
    expect(() => block.ptr).toThrow("released by dispose()");
    expect(() => block.home).toThrow("released by dispose()");
  });

  test("in Node, too, more may live than there is room for", () => {
    const memory = new CpuMemory({ maximumBytes: 16 * MIB });
    const held = Array.from({ length: 40 }, (_, i) => {
      const block = memory.allocate(MIB);
      bytes(memory, block).fill(i);
      return block;
    });
    held.forEach((block, i) => {
      tick();
      expect(filledWith(memory, block, i)).toBe(true);
    });
    held.length = 0;
    memory.sweep();
    expect(memory.stats().live).toBe(0);
  });

  test("the error tells what is in use, what was moved out of the way, and how that is cleared away", () => {
    const memory = small({ resident: 16 * MIB });
    const held = [memory.allocate(5 * MIB), memory.allocate(MIB), memory.allocate(9 * MIB)];
    expect(() => [held[1].ptr, held[2].ptr, held[0].ptr]).not.toThrow();
    memory.allocate(9 * MIB);
    expect(() => held.map((block) => block.ptr)).toThrow(
      [
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9437184 bytes.",
        "15.0 MiB are in use by what runs, 15.0 MiB of at most 16.0 MiB are reserved, and the longest free stretch has 1.0 MiB.",
        "All else was moved out of the way, 9.0 MiB so far; what of that is dead the engine clears away by itself, at the latest when the program awaits a timer.",
        "Ways out: smaller batches; no_grad() where no gradient is needed; dispose() or `using` for large tensors that are done with.",
      ].join("\n"),
    );
  });
});

describe("running out of memory", () => {
  const full = (): { memory: CpuMemory; held: Block[] } => {
    const memory = new CpuMemory({ maximumBytes: 4 * MIB, liveness: "none" });
    return { memory, held: Array.from({ length: 3 }, () => memory.allocate(MIB)) };
  };

  test("raises PyTorch's sentence with what is live, what is reserved, and the ways out", () => {
    const { memory, held } = full();
    expect(() => memory.allocate(2 * MIB)).toThrow(OutOfMemoryError);
    expect(() => memory.allocate(2 * MIB)).toThrow(
      [
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 2097152 bytes.",
        "3.0 MiB are live in tensors, 4.0 MiB of at most 4.0 MiB are reserved, and the longest free stretch has 1.0 MiB.",
        "Ways out: smaller batches; no_grad() where no gradient is needed; dispose() or `using` for large tensors that are done with.",
      ].join("\n"),
    );
    expect(held.length).toBe(3);
  });

  test.each([5 * MIB, 2 ** 32, 1e13])("an allocation of %i bytes is refused and changes nothing", (n) => {
    const { memory, held } = full();
    held.forEach((block, i) => bytes(memory, block).fill(i));
    const { live, allocations } = memory.stats();
    expect(() => memory.allocate(n)).toThrow(OutOfMemoryError);
    expect(memory.stats()).toMatchObject({ live, allocations });
    held.forEach((block, i) => expect(filledWith(memory, block, i)).toBe(true));
    held[1].free();
    expect(memory.allocate(MIB).ptr).toBeGreaterThan(0);
  });

  test("a block larger than the memory is refused with what there is room for", () => {
    const { memory } = full();
    expect(() => memory.allocate(5 * MIB)).toThrow(
      [
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 5242880 bytes.",
        "A tensor has room for at most 4.0 MiB here: all that is computed with lies in one WebAssembly memory of at most 4.0 MiB.",
        "Ways out: several tensors, each a part of it; a smaller dtype.",
      ].join("\n"),
    );
  });

  test("dropped blocks are found before the error is raised", () => {
    const memory = new CpuMemory({ maximumBytes: 4 * MIB });
    for (let i = 0; i < 3; i++) memory.allocate(MIB);
    expect(memory.allocate(3.5 * MIB).ptr).toBeGreaterThanOrEqual(0);
  });
});

describe("the WebAssembly memory", () => {
  test.each([true, false])("host views see the same bytes after the memory has grown (shared: %s)", (shared) => {
    const memory = new CpuMemory({ shared });
    const block = memory.allocate(80);
    (memory.host(float64, block.ptr, 3) as Float64Array).set([1, 2, 3]);
    const before = memory.memory.buffer.byteLength;
    const large = memory.allocate(64 * MIB);
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...memory.host(float64, block.ptr, 3)]).toEqual([1, 2, 3]);
    expect(memory.host(int64, block.ptr, 1)[0]).toBe(0x3ff0000000000000n);
    expect(memory.host(bool, large.ptr, large.nbytes).length).toBe(64 * MIB);
    expect(memory.host(float32, large.ptr, 1).buffer).toBe(memory.memory.buffer);
    expect(memory.memory.buffer instanceof (shared ? SharedArrayBuffer : ArrayBuffer)).toBe(true);
    expect(memory.stats().reserved).toBe(memory.memory.buffer.byteLength);
  });

  test("starts small and may grow to just under 4 GiB", () => {
    const memory = new CpuMemory();
    expect(memory.shared).toBe(true);
    expect(memory.maximum).toBe(65535);
    expect(memory.stats().reserved).toBeLessThanOrEqual(MIB);
  });

  test("addresses above 2 GiB work", () => {
    const memory = new CpuMemory({ liveness: "none" });
    memory.allocate(2 ** 31 + 1000);
    const [large, small] = [memory.allocate(MIB), memory.allocate(64)];
    expect(large.ptr).toBeGreaterThan(2 ** 31);
    bytes(memory, large).fill(5);
    bytes(memory, small).fill(6);
    expect(filledWith(memory, large, 5) && filledWith(memory, small, 6)).toBe(true);
    large.free();
    expect(memory.allocate(MIB).ptr).toBeGreaterThan(2 ** 31);
  });

  test("the scratch area grows, stays clear of blocks, and is not counted as live", () => {
    const memory = new CpuMemory({ reservedBytes: 4096 });
    const blocks = [memory.allocate(1000), memory.allocate(MIB)];
    for (const n of [100, 10_000, 5_000, 3 * MIB]) {
      const start = memory.scratch(n);
      expect(start % 64).toBe(0);
      expect(start).toBeGreaterThanOrEqual(4096);
      const stretches = [...blocks.map((b) => ({ start: b.ptr, length: b.nbytes })), { start, length: n }];
      expect(overlap(stretches)).toBeNull();
      blocks.push(memory.allocate(n));
    }
    expect(memory.scratch(10)).toBe(memory.scratch(2 * MIB));
    const live = blocks.reduce((sum, b) => sum + Math.ceil(b.nbytes / 16) * 16, 0);
    expect(memory.stats()).toMatchObject({ live, peak: live, allocations: blocks.length });
  });

  test("an outgrown scratch area goes back", () => {
    const memory = new CpuMemory({ liveness: "none", maximumBytes: 8 * MIB });
    for (const n of [1, 2, 3]) memory.scratch(n * MIB);
    expect(memory.allocate(2.5 * MIB).nbytes).toBe(2.5 * MIB);
  });
});
