// set_default_device("auto"): the device on which the products of a layer take less time, measured once.
import { float32 } from "../base/dtype.ts";
import type { Backend } from "../devices/backend.ts";
import { accelerator, getDevice } from "../devices/registry.ts";

const [BATCH, WIDTH, TURNS] = [128, 256, 3];
let chosen: Backend | null = null;
/** It, and says why on the console the first time. */
export const automatic = (): Backend => (chosen ??= choose());

function choose(): Backend {
  const cpu = getDevice("cpu");
  const type = accelerator();
  if (type === null) return told(cpu, 'no other device is known (import "tidu/webgpu" makes one known)');
  let other: Backend;
  try {
    other = getDevice(type);
  } catch (error) {
    return told(cpu, error instanceof Error ? error.message.split("\n")[0] : String(error));
  }
  const [there, here] = [other, cpu].map(milliseconds);
  const times = `the products of a layer of ${WIDTH} and of its gradients, for ${BATCH} inputs, take ${there.toFixed(2)} ms on ${other.name} and ${here.toFixed(2)} ms on the CPU`;
  return there < here ? told(other, `${times}; few or small layers may be faster on the CPU`) : told(cpu, times);
}
function told(backend: Backend, why: string): Backend {
  console.info(`set_default_device("auto") chose ${backend.name}: ${why}.`);
  return backend;
}
/** Of three products for whose result the program waits: the median. */
function milliseconds(backend: Backend): number {
  const matrix = (rows: number, cols: number) => {
    const block = backend.allocate(4 * rows * cols);
    backend.upload(float32, { block, offset: 0 }, new Float32Array(rows * cols).fill(0.5));
    return { block, offset: 0, rowStride: cols, colStride: 1 };
  };
  const [a, b, out] = [matrix(BATCH, WIDTH), matrix(WIDTH, WIDTH), matrix(BATCH, WIDTH)];
  const step = (): number => {
    const start = performance.now();
    for (let i = 0; i < 3; i++) backend.matmul(float32, { m: BATCH, n: WIDTH, k: WIDTH, a, b, out });
    backend.download(float32, out, 1);
    return performance.now() - start;
  };
  step();
  step();
  const taken = Array.from({ length: TURNS }, step).sort((x, y) => x - y);
  for (const { block } of [a, b, out]) block.free();
  return taken[TURNS >> 1];
}
