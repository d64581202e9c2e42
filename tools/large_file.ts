// A file of more than 4 GB, written here and read again, by PyTorch, too.
//   npm run test:large [-- python3]      (5 GB of disk, a few minutes)
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as torch from "tidu";

const [, , python] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "tidu-large-"));
const path = join(folder, "large.pt");
const PARTS = 18;
const SIZE = 2 ** 26; // 256 MB of float32
/** What a part is known by: its first element and its last. */
const ends = (t: torch.Tensor): number[] => [t.index([0]).item() as number, t.index([-1]).item() as number];
const expected = String(Array.from({ length: PARTS }, (_, i) => [i, -i]));
/** Apart, so that the parts are gone when the file is read again. */
function write(): void {
  const parts: Record<string, torch.Tensor> = {};
  for (let i = 0; i < PARTS; i++) {
    const part = torch.zeros(SIZE);
    part.index_put_([0], i);
    part.index_put_([-1], -i);
    parts[`part.${i}`] = part;
  }
  torch.save(parts, path);
}
try {
  let begin = performance.now();
  const took = (what: string): void => {
    console.log(`${what}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    begin = performance.now();
  };
  write();
  const { size } = statSync(path);
  took(`written, ${(size / 2 ** 30).toFixed(2)} GB`);
  if (size <= 2 ** 32) throw new Error("the file is not large enough to show anything");
  if (python !== undefined) {
    const program = `
import sys, torch
parts = torch.load(sys.argv[1], mmap=True)
print([[p[0].item(), p[-1].item()] for p in parts.values()])
`;
    const told = execFileSync(python, ["-c", program, path], { encoding: "utf8" });
    const found = JSON.parse(told) as number[][];
    if (String(found) !== expected) throw new Error(`PyTorch reads ${told}`);
    took("read by PyTorch");
  }
  const loaded = torch.load<Record<string, torch.Tensor>>(path);
  const found = Object.values(loaded).map(ends);
  if (String(found) !== expected) throw new Error(`read here: ${JSON.stringify(found)}`);
  took("read here");
} finally {
  rmSync(folder, { recursive: true });
}
