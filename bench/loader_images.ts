// The images of bench/loader.ts, as its workers make them.
import * as torch from "tidu";
import { worker_dataset } from "tidu/data";
import { ImageFolder } from "tidu/io";
import { Compose, Resize, ToDtype } from "tidu/transforms";

export const photos = worker_dataset(
  import.meta.url,
  (root: string) =>
    new ImageFolder(root, {
      transform: new Compose([new Resize([64, 64]), new ToDtype(torch.float32, { scale: true })]),
    }),
  "photos",
);
