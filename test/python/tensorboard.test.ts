// torch.utils.tensorboard in Python writes what tidu/train writes, to the byte.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import { SummaryWriter } from "../../src/train/index.ts";

const PROGRAM = `
import torch
from torch.utils.tensorboard import SummaryWriter
with SummaryWriter(FOLDER, purge_step=2, filename_suffix=".a") as writer:
    writer.add_scalar("loss", torch.tensor(0.5), 1, walltime=1.5)
    writer.add_scalar("loss", 2, global_step=2, walltime=2.5)
    writer.add_histogram("w", torch.arange(10.0), 1, walltime=1.5)
    writer.add_histogram("v", [1.0, 2.0], 1, bins=2, walltime=1.5)
    writer.add_text("note", "hello", 0, walltime=1.5)
    writer.add_scalars("both/x", {"a": 1, "b": 2.0}, 3, walltime=1.5)
    print(writer.get_logdir() == writer.log_dir == FOLDER)
    try:
        writer.add_image("x", torch.zeros(3, 4, 4))
    except NotImplementedError as error:
        print(error)
`;
/** The events of a file but the first, which says when it was begun, and the second, which is timed, too. */
function eventsOf(folder: string): Buffer {
  const [name] = readdirSync(folder).filter((file) => file.startsWith("events.out"));
  let bytes = readFileSync(join(folder, name));
  for (let i = 0; i < 2; i++) bytes = bytes.subarray(16 + Number(bytes.readBigUInt64LE(0)));
  return bytes;
}
test("a program's scalars, histograms and texts are those of a TypeScript program", async () => {
  const root = mkdtempSync(join(tmpdir(), "tidu-board-"));
  try {
    const [theirs, ours] = [join(root, "python"), join(root, "typescript")];
    let printed = "";
    const python = await loadPython({ stdout: (text) => void (printed += text) });
    await python.run(`FOLDER = ${JSON.stringify(theirs)}\n${PROGRAM}`);
    expect(printed).toBe("True\nSummaryWriter.add_image is not implemented: scalars, histograms and texts are\n");
    const writer = await SummaryWriter.create(ours, { purge_step: 2, filename_suffix: ".a" });
    writer.add_scalar("loss", 0.5, 1, 1.5);
    writer.add_scalar("loss", 2, 2, 2.5);
    writer.add_histogram("w", torch.arange(10).float(), 1, { walltime: 1.5 });
    writer.add_histogram("v", [1, 2], 1, { bins: 2, walltime: 1.5 });
    writer.add_text("note", "hello", 0, 1.5);
    writer.close();
    expect(eventsOf(theirs).equals(eventsOf(ours))).toBe(true);
    const folders = readdirSync(theirs).filter((name) => !name.startsWith("events.out"));
    expect(folders).toEqual(["both_x_a", "both_x_b"]);
    expect(eventsOf(join(theirs, "both_x_b")).includes("both/x")).toBe(true);
  } finally {
    rmSync(root, { recursive: true });
  }
});
