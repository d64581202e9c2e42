// Sparse tensors as Python programs have them: text, values, gradients and errors as PyTorch gave them.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { loadPython } from "../../src/python/index.ts";

interface Recorded {
  readonly prelude: string;
  readonly cases: readonly { readonly call: string; readonly told: string }[];
}
const { prelude, cases } = JSON.parse(readFileSync("test/recorded/sparse.json", "utf8")) as Recorded;
let told: readonly string[] = [];
beforeAll(async () => {
  let printed = "";
  const python = await loadPython({ stdout: (text) => (printed += text) });
  const program = `import json, warnings\nwarnings.simplefilter("ignore")\n${prelude}\nprint(json.dumps([told(call) for call in json.loads(${JSON.stringify(JSON.stringify(cases.map((c) => c.call)))})]))`;
  await python.run(program);
  told = JSON.parse(printed) as string[];
}, 120_000);

/** Calls for which something else comes on purpose, by reason. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "indices are checked always: PyTorch, unless asked to, makes tensors that read past the end of memory": [
    "torch.sparse_coo_tensor([[5]],[1.],(2,))",
    "torch.sparse_coo_tensor([[-1]],[1.],(2,))",
    "torch.sparse_csr_tensor([0,1,2],[0,5],[1.,2.],(2,2))",
    "torch.sparse_csr_tensor([0,1,2],[0],[1.,2.],(2,2))",
    "torch.sparse_csr_tensor([0.,1,2],[0,1],[1.,2.],(2,2))",
    "torch.sparse_csr_tensor(torch.tensor([0,1,2],dtype=torch.int32),torch.tensor([0,1],dtype=torch.int64),torch.tensor([1.,2.]),(2,2))",
    "torch.sparse_csr_tensor([0,1,2],[0,1],[1.,2.],(2,))",
  ],
  "computed here, where PyTorch has no kernel or no formula": [
    "k-k",
    "k/2",
    "k**2",
    "torch.eye(2).to_sparse()@torch.eye(2).to_sparse_csr()",
    "torch.sparse.mm(r,r.t())",
    "torch.bmm(torch.stack([e,e*2]),torch.stack([u,u]))",
    "torch.matmul(torch.stack([u,u]),torch.stack([e,e]))",
    "w=torch.arange(8.).view(4,2).requires_grad_();;F.embedding(torch.tensor([[1,2],[1,0]]),w,sparse=True).pow(2).sum().backward();;torch.nn.utils.clip_grad_norm_([w],1.)",
    "h.requires_grad_();;h.sum(2).to_dense().pow(2).sum().backward();;h.grad.coalesce()",
  ],
  "known to be in order, where PyTorch forgets it": [
    "torch.hspmm(torch.eye(2).to_sparse(),torch.ones(2,2))",
    "torch.hspmm(torch.eye(2).to_sparse(),torch.ones(2,2)).is_coalesced()",
    "torch.eye(2).to_sparse().to_sparse_csc().to_sparse().is_coalesced()",
  ],
  "refused in both, in other words: another step of the function meets the sparse tensor first": [
    "torch.equal(u,u)",
    "u.masked_fill(u.to_dense()>0,1)",
    "torch.sparse_coo_tensor()",
    "torch.ones(2).to_sparse_csr()",
    "r+2",
    "u.clone().resize_(3,3)",
    "u.scatter(0,i,v)",
    "u.unique()",
    "torch.outer(c[0],v)",
    "torch.rand(2,layout=torch.sparse_coo)",
    "torch.eye(2,layout=torch.sparse_coo)",
    "torch.arange(3,layout=torch.sparse_coo)",
  ],
  "batches of compressed matrices are not there": ["torch.zeros(2,3,4,layout=torch.sparse_csr)"],
  "memory of all tensors is shared, so there is nothing to do": ["torch.eye(2).to_sparse().share_memory_()"],
};
const known = new Set(Object.values(KNOWN).flat());

test("calls with sparse tensors print, compute and raise what PyTorch does", () => {
  const differ = cases.flatMap((c, i) => (told[i] === c.told || known.has(c.call) ? [] : [[c.call, c.told, told[i]]]));
  expect(differ).toEqual([]);
});
test("each call that is known to differ does so still", () => {
  const same = cases.flatMap((c, i) => (told[i] === c.told && known.has(c.call) ? [c.call] : []));
  expect([same, [...known].filter((call) => !cases.some((c) => c.call === call))]).toEqual([[], []]);
});
