// An event file of every kind of entry, at a time that is always the same: tools/record/event_files.py shows it to TensorBoard.
import { pathToFileURL } from "node:url";
import * as torch from "tidu";
import { SummaryWriter } from "tidu/train";

/** Writes one in a folder; its path. */
export async function writeEvents(folder: string): Promise<string> {
  const { now } = Date;
  Date.now = () => 1_700_000_000_000;
  try {
    const writer = await SummaryWriter.create(folder, { purge_step: 7, filename_suffix: ".recorded" });
    writer.add_scalar("train/loss", 0.5, 7);
    writer.add_scalar("train/zero", torch.tensor(0), 0);
    writer.add_histogram("weights", [0, 1, 1, 2, NaN], 8, { bins: 2 });
    writer.add_text("note", "**bold**", 9);
    writer.close();
    return writer.path;
  } finally {
    Date.now = now;
  }
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(await writeEvents(process.argv[2]));
