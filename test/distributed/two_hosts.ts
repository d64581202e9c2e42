// Two hosts on one machine: network namespaces with names, addresses and a wire of their own, between which MPI has TCP only.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./launch.ts";
import type { Ended } from "./launch.ts";

const sh = (script: string): boolean => spawnSync("sh", ["-ec", script], { encoding: "utf8" }).status === 0;
const NAMES = ["a", "b"].map((name) => `tidu-${process.pid}-${name}`);
const [A, B] = ["10.77.0.1", "10.77.0.2"];
const make = `
  ip netns add ${NAMES[0]}
  ip netns add ${NAMES[1]}
  ip link add eth0 netns ${NAMES[0]} type veth peer name eth0 netns ${NAMES[1]}
  for end in "${NAMES[0]} ${A}" "${NAMES[1]} ${B}"; do
    set -- $end
    ip -n $1 addr add $2/24 dev eth0
    ip -n $1 link set eth0 up
    ip -n $1 link set lo up
  done
  ip netns exec ${NAMES[0]} unshare --uts hostname one`;
const unmake = NAMES.map((name) => `ip netns del ${name} || true`).join("\n");

/** What launchers take for rsh: its options, the host, the command. */
const AGENT = `#!/bin/sh
while [ "\${1#-}" != "$1" ]; do shift; done
case $1 in ${A}) space=${NAMES[0]} name=one ;; *) space=${NAMES[1]} name=two ;; esac
shift
export command="$*"
exec ip netns exec $space unshare --uts sh -c "hostname $name; eval \\"\\$command\\""
`;
const OPTIONS: Readonly<Record<string, (agent: string) => string[]>> = {
  "Open MPI": (agent) => ["--host", `${A},${B}`, "--mca", "plm_rsh_agent", agent, "--mca", "btl", "tcp,self"],
  MPICH: (agent) => ["-hosts", `${A},${B}`, "-launcher", "rsh", "-launcher-exec", agent, "-iface", "eth0"],
};
export interface Hosts {
  /** A program of ranks/, as one rank on each host, and how many bytes went over the wire from the first. */
  run(
    launcher: { name: string; command: readonly string[] },
    program: string,
    args: readonly string[],
  ): Promise<Ended & { sent: number }>;
  end(): void;
}
/** The two hosts, or null where this process may not make them. */
export function twoHosts(): Hosts | null {
  if (!sh(make)) {
    sh(unmake);
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), "tidu-hosts-"));
  const agent = join(folder, "agent");
  writeFileSync(agent, AGENT, { mode: 0o755 });
  const sent = (): number =>
    Number(
      spawnSync("ip", ["netns", "exec", NAMES[0], "cat", "/sys/class/net/eth0/statistics/tx_bytes"], {
        encoding: "utf8",
      }).stdout,
    );
  return {
    async run({ name, command }, program, args) {
      const before = sent();
      const node = [process.execPath, "--import", "tsx", "--conditions=source", `test/distributed/ranks/${program}`];
      // UCX would find that the hosts share a machine's memory.
      const env = Object.entries({ TIDU_NUM_THREADS: "1", TIDU_BLAS: "0", UCX_TLS: "tcp,self" }).map(
        ([key, value]) => `${key}=${value}`,
      );
      const launch = [...command, ...OPTIONS[name](agent), "-n", "2", "env", ...env, ...node, ...args];
      const ended = await run([
        "ip",
        "netns",
        "exec",
        NAMES[0],
        "unshare",
        "--uts",
        "sh",
        "-c",
        'hostname one; exec "$@"',
        "sh",
        ...launch,
      ]);
      return { ...ended, sent: sent() - before };
    },
    end() {
      sh(unmake);
      rmSync(folder, { recursive: true });
    },
  };
}
