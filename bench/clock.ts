// Milliseconds that this thread has run, where the system tells them: what other programs do beside it does not move them much.
import { existsSync, readFileSync } from "node:fs";

/** Linux's. */
const OWN = "/proc/thread-self/schedstat";
export const threadClock = existsSync(OWN)
  ? (): number => Number(readFileSync(OWN, "utf8").split(" ")[0]) / 1e6
  : (): number => performance.now();
