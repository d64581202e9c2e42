// Whether workers hide decoding: a small CNN fed with JPEG files, by none, 2 and 4 workers, and with what was decoded before;
// and with --python PATH by PyTorch's loader from the same files.
//   npm run bench:loader [-- --python python3]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import * as torch from "tidu";
import { DataLoader } from "tidu/data";
import { photos } from "./loader_images.ts";

const IMAGES = 384;
const SIDE = 320;
const at = process.argv.indexOf("--python");
const root = mkdtempSync(join(tmpdir(), "tidu-loader-"));
torch.set_warning_listener(() => {});
try {
  for (let i = 0; i < IMAGES; i++) {
    const folder = join(root, String(i % 8));
    mkdirSync(folder, { recursive: true });
    const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, k) => (k * (i + 3) + (k >> 7) * 5) & 255);
    await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${i}.jpg`));
  }
  const { nn } = torch;
  const model = new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(16, 32, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(32 * 16 * 16, 8),
  );
  const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.01 });
  const step = (x: torch.Tensor, y: torch.Tensor): void => {
    optimizer.zero_grad();
    nn.functional.cross_entropy(model(x), y.long()).backward();
    optimizer.step();
  };
  /** Images a second, and the share of the time in which the program waited for a batch. */
  async function measure(batches: AsyncIterable<readonly torch.Tensor[]>): Promise<{ rate: number; waiting: number }> {
    let [begin, seen, waited] = [0, 0, 0];
    let last = performance.now();
    for await (const [x, y] of batches) {
      // The first batch waits for workers to start.
      if (begin === 0) begin = performance.now();
      else waited += performance.now() - last;
      step(x, y);
      seen += x.size(0);
      last = performance.now();
    }
    return { rate: (seen / (last - begin)) * 1000, waiting: waited / (last - begin) };
  }
  const show = (name: string, { rate, waiting }: { rate: number; waiting: number }): void =>
    console.log(
      `${name.padEnd(28)} ${rate.toFixed(0).padStart(6)} images/s  ${(100 * waiting).toFixed(0).padStart(3)} % waiting`,
    );
  const decoded: torch.Tensor[][] = [];
  for await (const batch of new DataLoader(photos(root), { batch_size: 32 })) decoded.push([batch[0], batch[1]]);
  for (let round = 0; round < 3; round++) {
    show(
      "decoded before",
      await measure(
        (async function* () {
          yield* decoded;
        })(),
      ),
    );
    for (const num_workers of [0, 2, 4])
      show(`${num_workers} workers`, await measure(new DataLoader(photos(root), { batch_size: 32, num_workers })));
    if (at > 0) {
      const program = fileURLToPath(new URL("./peers/loader.py", import.meta.url));
      console.log(
        execFileSync(process.argv[at + 1], [program, root], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }).trimEnd(),
      );
    }
  }
} finally {
  rmSync(root, { recursive: true });
}
