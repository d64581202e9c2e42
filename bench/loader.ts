// Whether workers hide decoding: a small CNN fed with JPEG files, by none, 2 and 4 workers, and with what was decoded before;
// and with --python PATH by PyTorch's loader from the same files. Workers persist: a first pass, with their start in it (ours
// load the library and compile, PyTorch's are forked), and a second one. Both sides train on one thread, or as many as are told: those
// of PyTorch spin for each other, which is slow where workers have the cores, and looks as if they never waited for a batch.
//   npm run bench:loader [-- --python python3] [--threads 1] [--rounds 3]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import * as torch from "tidu";
import { DataLoader } from "tidu/data";
import { photos } from "./loader_images.ts";

const IMAGES = 1024;
const SIDE = 320;
const told = (name: string): string | undefined =>
  process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const python = told("--python");
const threads = told("--threads") ?? "1";
torch.set_num_threads(Number(threads));
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
  /**
   * Images a second, the share of the time in which the program waited for a batch, and what an image costs all threads: on a
   * machine that does other things as well, too.
   */
  interface Measured {
    rate: number;
    waiting: number;
    cpu: number;
  }
  async function measure(batches: AsyncIterable<readonly torch.Tensor[]>): Promise<Measured> {
    const before = process.cpuUsage();
    let [begin, seen, waited] = [0, 0, 0];
    let last = performance.now();
    for await (const [x, y] of batches) {
      // The first batch of a pass waits for all its workers' first images.
      if (begin === 0) begin = performance.now();
      else waited += performance.now() - last;
      step(x, y);
      seen += x.size(0);
      last = performance.now();
    }
    const { user, system } = process.cpuUsage(before);
    return {
      rate: (seen / (last - begin)) * 1000,
      waiting: waited / (last - begin),
      cpu: (user + system) / 1000 / seen,
    };
  }
  const show = (name: string, { rate, waiting, cpu }: Measured): void =>
    console.log(
      `${name.padEnd(32)} ${rate.toFixed(0).padStart(6)} images/s  ${(100 * waiting).toFixed(0).padStart(3)} % waiting  ${cpu.toFixed(1).padStart(5)} ms of CPU an image`,
    );
  const decoded: torch.Tensor[][] = [];
  for await (const batch of new DataLoader(photos(root), { batch_size: 32 })) decoded.push([batch[0], batch[1]]);
  for (let round = 0; round < Number(told("--rounds") ?? 3); round++) {
    show(
      "decoded before",
      await measure(
        (async function* () {
          yield* decoded;
        })(),
      ),
    );
    for (const num_workers of [0, 2, 4]) {
      const loader = new DataLoader(photos(root), { batch_size: 32, num_workers, persistent_workers: num_workers > 0 });
      for (const pass of ["first", "second"]) show(`${num_workers} workers, ${pass} pass`, await measure(loader));
    }
    if (python !== undefined) {
      const program = fileURLToPath(new URL("./peers/loader.py", import.meta.url));
      console.log(
        execFileSync(python, [program, root], {
          env: { ...process.env, OMP_NUM_THREADS: threads },
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }).trimEnd(),
      );
    }
  }
} finally {
  rmSync(root, { recursive: true });
}
