// Every collective against plain arithmetic, over dtypes, sizes and layouts. Arguments: the sizes.
import * as torch from "tidu";
import type { Tensor } from "tidu";
import * as dist from "../../../src/distributed/index.ts";

const sizes = process.argv.slice(2).map(Number);
dist.init_process_group("mpi");
const [rank, world] = [dist.get_rank(), dist.get_world_size()];
const ranks = Array.from({ length: world }, (_, i) => i);
const DTYPES = [
  torch.float32,
  torch.float64,
  torch.float16,
  torch.bfloat16,
  torch.int64,
  torch.int32,
  torch.int16,
  torch.int8,
  torch.uint8,
  torch.bool,
  torch.complex64,
  torch.complex128,
];
let checks = 0;
function same(got: Tensor, wanted: Tensor, what: string): void {
  checks++;
  if (got.dtype !== wanted.dtype || !torch.equal(got, wanted))
    throw new Error(`rank ${rank} of ${world}: ${what}: got ${String(got)}, expected ${String(wanted)}`);
}
/** What a rank has: small whole numbers, exact in every dtype. */
const valuesOf = (r: number, n: number, dtype: torch.Dtype): Tensor =>
  torch
    .arange(n)
    .add(r)
    .remainder(dtype === torch.bool ? 2 : 3)
    .to(dtype);
/** The same elements with holes between them, and as a transposed matrix where they make one. */
const layouts: Readonly<Record<string, (t: Tensor) => Tensor>> = {
  contiguous: (t) => t.clone(),
  "every second": (t) => torch.stack([t, t], 1).select(1, 0),
  transposed: (t) => (t.numel() % 2 === 0 ? t.view([-1, 2]).t().contiguous().t() : t.clone()),
};
const shaped = (t: Tensor, like: Tensor): Tensor => t.reshape([...like.shape]);

for (const n of sizes)
  for (const dtype of DTYPES)
    for (const [layout, lay] of Object.entries(layouts)) {
      if (n > 100_000 && (layout !== "contiguous" || dtype.itemsize === 16)) continue;
      // Tens of tensors of ten million elements in each rank.
      if (n > 1_000_000 && world > 2 && ![torch.float32, torch.bfloat16, torch.int32, torch.uint8].includes(dtype))
        continue;
      const what = (f: string): string => `${f} of ${n} ${String(dtype)}, ${layout}`;
      const mine = (): Tensor => lay(valuesOf(rank, n, dtype));
      const all = ranks.map((r) => shaped(valuesOf(r, n, dtype), mine()));
      const room = (): Tensor => lay(torch.zeros([n]).to(dtype));
      const wide = (t: Tensor): Tensor => (dtype === torch.bool ? t.to(torch.int64) : t);
      const folded = (f: (a: Tensor, b: Tensor) => Tensor): Tensor => all.map(wide).reduce(f).to(dtype);

      const isFloat = dtype.is_floating_point || dtype.is_complex;
      const ops: [keyof typeof dist.ReduceOp, Tensor][] = [["SUM", folded((a, b) => a.add(b))]];
      if (isFloat)
        ops.push([
          "AVG",
          folded((a, b) => a.add(b))
            .div(world)
            .to(dtype),
        ]);
      if (!dtype.is_complex)
        ops.push(
          ["PRODUCT", folded((a, b) => a.mul(b))],
          ["MIN", folded((a, b) => a.minimum(b))],
          ["MAX", folded((a, b) => a.maximum(b))],
        );
      if (!isFloat)
        ops.push(
          ["BAND", folded((a, b) => a.bitwise_and(b))],
          ["BOR", folded((a, b) => a.bitwise_or(b))],
          ["BXOR", folded((a, b) => a.bitwise_xor(b))],
        );
      for (const [name, wanted] of ops) {
        const op = dist.ReduceOp[name];
        const x = mine();
        dist.all_reduce(x, op);
        same(x, wanted, what(`all_reduce ${name}`));
        const y = mine();
        dist.reduce(y, world - 1, op);
        if (rank === world - 1) same(y, wanted, what(`reduce ${name}`));
      }
      const x = mine();
      const work = dist.all_reduce(x, { async_op: true })!;
      const beside = torch.ones([1000]).sum().item();
      work.wait();
      if (beside !== 1000) throw new Error("the program's own work went wrong");
      same(x, ops[0][1], what("all_reduce beside the program"));

      const b = rank === world - 1 ? mine() : room();
      dist.broadcast(b, world - 1);
      same(b, all[world - 1], what("broadcast"));
      const parts = ranks.map(room);
      dist.all_gather(parts, mine());
      parts.forEach((t, r) => same(t, all[r], what("all_gather")));
      const stacked = torch.zeros([world, ...mine().shape]).to(dtype);
      dist.all_gather_into_tensor(stacked, mine());
      same(stacked, torch.stack(all), what("all_gather_into_tensor"));
      const got = rank === 0 ? ranks.map(room) : null;
      dist.gather(mine(), got, 0);
      got?.forEach((t, r) => same(t, all[r], what("gather")));
      const s = room();
      dist.scatter(s, rank === 0 ? ranks.map((r) => lay(valuesOf(r, n, dtype))) : null, 0);
      same(s, all[rank], what("scatter"));

      const list = ranks.map((r) => lay(valuesOf(rank + r, n, dtype)));
      const sums = ranks
        .map((r) => wide(valuesOf(r + rank, n, dtype)))
        .reduce((p, q) => p.add(q))
        .to(dtype);
      const out = room();
      dist.reduce_scatter(out, list);
      same(out, shaped(sums, out), what("reduce_scatter"));
      const out2 = room();
      dist.reduce_scatter_tensor(out2, torch.cat(list.map((t) => t.reshape([-1]))));
      same(out2, shaped(sums, out2), what("reduce_scatter_tensor"));
      const swapped = ranks.map(room);
      dist.all_to_all(swapped, list);
      swapped.forEach((t, r) => same(t, shaped(valuesOf(r + rank, n, dtype), t), what("all_to_all")));
      const flat = torch.zeros([world * n]).to(dtype);
      dist.all_to_all_single(flat, torch.cat(list.map((t) => t.reshape([-1]))));
      same(flat, torch.cat(ranks.map((r) => valuesOf(r + rank, n, dtype))), what("all_to_all_single"));

      if (world > 1) {
        const [next, before] = [(rank + 1) % world, (rank + world - 1) % world];
        const r = room();
        const works = dist.batch_isend_irecv([
          new dist.P2POp(dist.isend, mine(), next),
          new dist.P2POp(dist.irecv, r, before),
        ]);
        for (const w of works) w.wait();
        same(r, all[before], what("batch_isend_irecv"));
        if (rank === 0) dist.send(mine(), 1, null, 5);
        if (rank === 1) {
          const t = room();
          const from = dist.recv(t, { tag: 5 });
          if (from !== 0) throw new Error(`recv: from ${from}`);
          same(t, all[0], what("recv"));
        }
      }
    }

// Halves are summed in float32 and rounded once: one by one, 2048 + 1 + 1 stays at 2048.
const half = torch.tensor([rank === 0 ? 2048 : 1], { dtype: torch.float16 });
dist.all_reduce(half);
same(half, torch.tensor([2048 + world - 1], { dtype: torch.float16 }), "a sum of halves");

// Pieces of sizes of their own.
const pieces = ranks.map((r) => torch.full([r + 1], rank));
const uneven = torch.zeros([world * (rank + 1)]);
dist.all_to_all_single(
  uneven,
  torch.cat(pieces),
  ranks.map(() => rank + 1),
  ranks.map((r) => r + 1),
);
same(uneven, torch.cat(ranks.map((r) => torch.full([rank + 1], r))), "all_to_all_single of uneven pieces");

// Groups: each of one process, and of all but the first.
const groups = ranks.map((r) => dist.new_group([r]));
if (groups.findIndex((g) => g !== dist.GroupMember.NON_GROUP_MEMBER) !== rank) throw new Error("new_group");
const rest = dist.new_group(ranks.slice(1));
const z = torch.tensor([rank + 1]);
if (rank > 0) {
  dist.all_reduce(z, { group: rest });
  same(z, torch.tensor([(world * (world + 1)) / 2 - 1]), "all_reduce of a part");
  if (dist.get_rank(rest) !== rank - 1 || dist.get_world_size(rest) !== world - 1) throw new Error("ranks of a part");
  const t = torch.tensor([rank]);
  dist.broadcast(t, 1, rest);
  same(t, torch.tensor([1]), "broadcast in a part");
} else if (world > 1 && dist.get_rank(rest) !== -1) throw new Error("ranks outside of a part");

// Objects.
const thing = { rank, of: ["a", torch.arange(rank + 1)], none: null };
const things: (typeof thing)[] = ranks.map(() => thing);
dist.all_gather_object(things, thing);
things.forEach((t, r) => {
  if (t.rank !== r || (t.of[1] as Tensor).numel() !== r + 1 || t.none !== null) throw new Error("all_gather_object");
});
const one = [rank === 0 ? { lr: 0.1 } : null, rank];
dist.broadcast_object_list(one, 0);
if ((one[0] as { lr: number }).lr !== 0.1 || one[1] !== 0) throw new Error("broadcast_object_list");
const mineOf: unknown[] = [null];
dist.scatter_object_list(mineOf, rank === 0 ? ranks.map((r) => `for ${r}`) : null, 0);
if (mineOf[0] !== `for ${rank}`) throw new Error("scatter_object_list");

dist.barrier();
dist.monitored_barrier();
dist.destroy_process_group();
dist.init_process_group("mpi");
const again = torch.ones([3]);
dist.all_reduce(again);
same(again, torch.full([3], world), "a group begun again");
console.log(`rank ${rank} of ${world}: ${checks} checks`);
