// The programs of loops.ts as a script of Bun's or Node's: `loops_bun.ts WISH`, as JSON.
import { limit, runAll } from "./loops.ts";
import type { Wish } from "./loops.ts";

const wanted = JSON.parse(process.argv[2]) as Wish;
limit(wanted);
console.log(JSON.stringify(await runAll(wanted.rounds, wanted.side, wanted.names)));
