// Prints as JSON what loaders with workers give; workers.test.ts says what that is to be.
import * as torch from "tidu";
import { ChainDataset, DataLoader, random_split, StackDataset, Subset, WeightedRandomSampler } from "tidu/data";
import { counting, pairs, squares, table, told, uneven, Unknown } from "./samples.ts";

const found: Record<string, unknown> = {};
torch.set_warning_listener(() => {});
type Batch = [torch.Tensor, torch.Tensor];
const shown = ([x, ids]: Batch): unknown[] => [x.select(1, 0).select(1, 0).tolist(), ids.tolist()];
async function all<B, S>(loader: AsyncIterable<B>, show: (batch: B) => S): Promise<S[]> {
  const seen: S[] = [];
  for await (const batch of loader) seen.push(show(batch));
  return seen;
}
const values = (x: torch.Tensor): unknown => x.tolist();
async function message(body: () => unknown): Promise<unknown> {
  try {
    await body();
    return "nothing was raised";
  } catch (error) {
    return [(error as Error).constructor === torch.KeyError ? "KeyError" : (error as Error).name, String(error)];
  }
}

const shuffled = { batch_size: 3, num_workers: 2, shuffle: true } as const;
torch.manual_seed(0);
found["shuffled"] = await all(new DataLoader(squares(10), shuffled), shown);
torch.manual_seed(0);
found["read at once"] = [...new DataLoader(squares(10), shuffled)].map(shown);
torch.manual_seed(0);
found["small"] = (await all(new DataLoader(squares(10, 2), shuffled), shown)) as unknown;
torch.manual_seed(0);
const persistent = new DataLoader(squares(10), { ...shuffled, persistent_workers: true });
found["persistent"] = [await all(persistent, shown), await all(persistent, shown), torch.rand(2).tolist()];
for await (const [x] of persistent) {
  found["left early"] = x.shape;
  break;
}
found["after it was left early"] = (await all(persistent, shown)).length;
torch.manual_seed(0);
found["init"] = await all(new DataLoader(squares(10), { ...shuffled, worker_init_fn: told }), shown);
found["counting"] = [
  await all(new DataLoader(counting(), { batch_size: 2, num_workers: 2 }), values),
  await all(new DataLoader(counting(), { batch_size: 2, num_workers: 3 }), values),
  await all(new DataLoader(counting(), { batch_size: 3, num_workers: 2, drop_last: true }), values),
  await all(new DataLoader(counting(), { batch_size: null, num_workers: 3 }), Number),
];
found["uneven"] = [
  await all(new DataLoader(uneven(), { batch_size: 2, num_workers: 3, prefetch_factor: 1 }), values),
  await all(new DataLoader(uneven(), { batch_size: 2, num_workers: 3, persistent_workers: true }), values),
];
const generator = new torch.Generator().manual_seed(5);
const sampler = new WeightedRandomSampler(Array(10).fill(1) as number[], 8, { generator });
const weighted = new DataLoader(squares(10), { batch_size: 4, num_workers: 2, sampler, generator });
found["weighted"] = [await all(weighted, shown), torch.rand(1, { generator }).tolist()];
torch.manual_seed(3);
const [most, rest] = random_split(squares(10), [0.8, 0.2]);
found["split"] = [
  await all(new DataLoader(most, { batch_size: 4, num_workers: 2 }), shown),
  await all(new DataLoader(new Subset(rest, [1, 0]), { batch_size: 4, num_workers: 2 }), shown),
];
found["stacked"] = await all(
  new DataLoader(new StackDataset(table(torch.arange(4)), ["a", "b", "c", "d"]), { batch_size: 3, num_workers: 1 }),
  ([x, names]) => [x.tolist(), names],
);
found["chained"] = await all(
  new DataLoader(new ChainDataset([counting(), counting()]), { batch_size: 3, num_workers: 2 }),
  values,
);
torch.manual_seed(0);
found["collated there"] = await all(new DataLoader(squares(4), { ...shuffled, collate_fn: pairs as never }), (x) => x);
torch.manual_seed(0);
found["collated here"] = await all(
  new DataLoader(squares(4), { ...shuffled, collate_fn: (samples) => pairs(samples) }),
  (x) => x,
);
const out_of_order = new DataLoader(squares(10), { batch_size: 2, num_workers: 2, in_order: false });
found["in any order"] = (await all(out_of_order, (b) => b[0].select(1, 0).select(1, 0).floor().tolist())).flat().sort();
torch.manual_seed(0);
const twice = new DataLoader(squares(6), { ...shuffled, batch_size: 2 });
found["page"] = [...(await all(twice, shown)), ...(await all(twice, shown))];
const rows = torch.tensor([1, 2, 3, 13, 4, 5]);
found["raised"] = await message(() => all(new DataLoader(table(rows), { batch_size: 2, num_workers: 2 }), values));
found["raised at once"] = await message(() => [...new DataLoader(table(rows), { batch_size: 2, num_workers: 2 })]);
found["late"] = await message(() =>
  all(new DataLoader(table(torch.tensor([99])), { num_workers: 1, timeout: 0.5 }), values),
);
found["gone"] = await message(() => all(new DataLoader(table(torch.tensor([100])), { num_workers: 1 }), values));
found["gone at once"] = await message(() => [...new DataLoader(table(torch.tensor([100])), { num_workers: 1 })]);
found["unknown"] = await message(() => [...new DataLoader(new Unknown(), { num_workers: 1 })]);
found["unknown function"] = await message(() => [
  ...new DataLoader(squares(3), { num_workers: 1, worker_init_fn: () => {} }),
]);
found["code"] = await message(() => [...new DataLoader(table((() => 1) as never), { num_workers: 1 })]);
const held = (): number => torch.cpu.memory_stats()["allocated_bytes.all.current"];
const before = held();
for await (const [x] of new DataLoader(squares(64, 512), { num_workers: 2 })) if (x.numel() === 0) break;
found["held more"] = (held() - before) / 2 ** 20;
console.log(JSON.stringify(found));
// A worker of a loader that is read no further keeps no program alive.
new DataLoader(squares(100), { num_workers: 2 })[Symbol.asyncIterator]();
