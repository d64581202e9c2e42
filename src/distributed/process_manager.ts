// How ranks that torchrun started find each other: it tells RANK, WORLD_SIZE and MASTER_ADDR, but is no process manager of MPI's.
//
// MPICH asks its process manager over a socket in PMI-1, lines of `key=value` that its own launcher answers, too: who am I, how
// many are we, keep this value, give me that one, wait for all. The first rank answers, from a thread of its own, for its
// program waits in MPI_Init meanwhile.
import type { createServer } from "node:net";
import type { Worker } from "node:worker_threads";
import { environment } from "../devices/cpu/environment.ts";
import { setEnvironment } from "../devices/cpu/native.ts";
import type { Koffi } from "../devices/cpu/native.ts";

/** Runs in a thread, as text: it uses nothing from outside. */
function serve(port: number, size: number, perMachine: number): void {
  const net = process.getBuiltinModule("node:net") as { createServer: typeof createServer };
  const kept = new Map<string, string>();
  const waiting: ((line: string) => void)[] = [];
  const machines = Math.ceil(size / perMachine);
  kept.set("PMI_process_mapping", `(vector,(0,${machines},${perMachine}))`);
  net
    .createServer((socket) => {
      let text = "";
      const say = (line: string): void => void socket.write(`${line}\n`);
      const answer = (line: string): void => {
        const fields = Object.fromEntries([...line.matchAll(/(\w+)=(\S*)/g)].map(([, key, value]) => [key, value]));
        switch (fields.cmd) {
          case "initack":
            say("cmd=initack rc=0");
            say(`cmd=set size=${size}`);
            say(`cmd=set rank=${fields.pmiid}`);
            return say("cmd=set debug=0");
          case "init":
            return say("cmd=response_to_init pmi_version=1 pmi_subversion=1 rc=0");
          case "get_maxes":
            return say("cmd=maxes kvsname_max=256 keylen_max=64 vallen_max=1024 rc=0");
          case "get_appnum":
            return say("cmd=appnum appnum=0 rc=0");
          case "get_my_kvsname":
            return say("cmd=my_kvsname kvsname=kvs_0 rc=0");
          case "get_universe_size":
            return say(`cmd=universe_size size=${size} rc=0`);
          case "put":
            kept.set(fields.key, fields.value);
            return say("cmd=put_result rc=0 msg=success");
          case "get": {
            const value = kept.get(fields.key);
            return say(
              value === undefined
                ? "cmd=get_result rc=-1 msg=key_not_found"
                : `cmd=get_result rc=0 msg=success value=${value}`,
            );
          }
          case "barrier_in":
            waiting.push(say);
            if (waiting.length === size) for (const release of waiting.splice(0)) release("cmd=barrier_out rc=0");
            return;
          case "finalize":
            return say("cmd=finalize_ack rc=0");
          case "abort":
            process.exit(1);
        }
      };
      socket.setEncoding("utf8");
      socket.on("data", (more: string) => {
        text += more;
        const lines = text.split("\n");
        text = lines.pop()!;
        for (const line of lines) answer(line);
      });
      socket.on("error", () => {});
    })
    .listen(port);
}

/** Before MPI_Init in a rank of torchrun's: the first answers, all ask it. The port is the one after MASTER_PORT. */
export function wireUp(koffi: Koffi, rank: number, size: number): void {
  const host = environment("MASTER_ADDR") ?? "127.0.0.1";
  const port = Number(environment("MASTER_PORT") ?? 29500) + 1;
  const perMachine = Number(environment("LOCAL_WORLD_SIZE") ?? size);
  if (rank === 0) {
    const threads = process.getBuiltinModule("node:worker_threads") as { Worker: typeof Worker };
    // Some compilers wrap functions to keep their names.
    new threads.Worker(`const __name = (f) => f; (${String(serve)})(${port}, ${size}, ${perMachine})`, {
      eval: true,
    }).unref();
  }
  setEnvironment(koffi, "PMI_PORT", `${host}:${port}`);
  setEnvironment(koffi, "PMI_ID", String(rank));
  const probe = process.getBuiltinModule("node:child_process");
  // The library tries once only.
  const script = `let n=0;const go=()=>{const s=require("net").connect(${port},${JSON.stringify(host)});s.on("connect",()=>process.exit(0));s.on("error",()=>++n>600?process.exit(1):setTimeout(go,100))};go()`;
  probe.spawnSync(process.execPath, ["-e", script]);
}
