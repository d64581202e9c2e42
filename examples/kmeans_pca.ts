// Ten heaps of digits without a label, and all of them on a plane.
//   npx tsx --conditions=source examples/kmeans_pca.ts
import * as torch from "tidu";
import { DataLoader, datasets } from "tidu/data";
import { keep, scatter, sized, images } from "./common.ts";

torch.manual_seed(3);
const [pixels, labels] = [...new DataLoader(new datasets.Digits(), { batch_size: sized(1797, 100) })][0]!;
const x = pixels.flatten(1);

// Principal components: the directions in which the digits differ most.
const centred = x.sub(x.mean(0));
const [, values, directions] = torch.linalg.svd(centred, { full_matrices: false });
const part = values.square().div(values.square().sum());
console.log(`The first two directions hold ${(100 * part.narrow(0, 0, 2).sum().item()).toFixed(0)} % of the variance.`);
const plane = centred.mm(directions.narrow(0, 0, 2).t());

// k-means: each digit goes to the nearest centre, each centre to the middle of its digits.
let centres = x.index([torch.randperm(x.length).narrow(0, 0, 10)]);
let heap = torch.zeros([x.length], { dtype: torch.int64 });
for (let round = 0; round < sized(30, 3); round++) {
  heap = torch.cdist(x, centres).argmin(1);
  const member = torch.nn.functional.one_hot(heap, 10).float();
  centres = member
    .t()
    .mm(x)
    .div(member.sum(0).clamp({ min: 1 }).unsqueeze(1));
}
let right = 0;
for (let h = 0; h < 10; h++) {
  const of = labels.index([heap.eq(h)]);
  if (of.length > 0) right += Number(torch.bincount(of).max().item());
}
console.log(`${((100 * right) / x.length).toFixed(0)} % are in a heap of mostly the same digit.`);
keep("kmeans", images(centres.view(10, 8, 8)));
keep("pca", scatter(plane, labels));
