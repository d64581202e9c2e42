// Where a trace listens: at what a device is asked to do.
//
// Note [Taps]: a device that was traced once tells whoever listens of every block, kernel, product and read. Devices know
// nothing of it: their methods are replaced by ones that tell first, and only once something is compiled, so programs that
// compile nothing pay nothing.
import type { Dtype, TypedArray } from "../base/dtype.ts";
import type { Backend, HostBackend, Matrix, PackedMatrix, Product } from "../devices/backend.ts";
import type { Kernel, Launch } from "../kernel/loops.ts";
import type { Block, Place } from "../kernel/place.ts";

export interface Listener {
  allocated(backend: Backend, block: Block): void;
  launched(backend: Backend, kernel: Kernel, launch: Launch): void;
  multiplied(backend: Backend, dtype: Dtype, product: Product): void;
  packed(backend: Backend, dtype: Dtype, of: Packing, result: Matrix | PackedMatrix): void;
  uploaded(backend: Backend, dtype: Dtype, place: Place, values: TypedArray): void;
  /** Elements went to the host. */
  read(backend: Backend): void;
}
export interface Packing {
  readonly b: Matrix;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
export const tap: { listener: Listener | null } = { listener: null };

const tapped = new WeakSet<Backend>();
/** Has a device tell what it is asked to do from now on. */
export function listenTo(backend: Backend): void {
  if (tapped.has(backend)) return;
  tapped.add(backend);
  const own = Object.fromEntries(METHODS.map((name) => [name, backend[name].bind(backend)])) as unknown as Backend;
  // What a device does for a request of its own part is not told again.
  const quietly = <T>(body: () => T): T => {
    const { listener } = tap;
    tap.listener = null;
    try {
      return body();
    } finally {
      tap.listener = listener;
    }
  };
  Object.assign(backend, {
    allocate(nbytes) {
      const block = own.allocate(nbytes);
      tap.listener?.allocated(backend, block);
      return block;
    },
    launch(kernel, launch) {
      tap.listener?.launched(backend, kernel, launch);
      own.launch(kernel, launch);
    },
    matmul(dtype, product) {
      tap.listener?.multiplied(backend, dtype, product);
      own.matmul(dtype, product);
    },
    pack(dtype, b, m, n, k) {
      const { listener } = tap;
      const result = quietly(() => own.pack(dtype, b, m, n, k));
      listener?.packed(backend, dtype, { b, m, n, k }, result);
      return result;
    },
    upload(dtype, place, values) {
      const { listener } = tap;
      quietly(() => own.upload(dtype, place, values));
      listener?.uploaded(backend, dtype, place, values);
    },
    download(dtype, place, length) {
      tap.listener?.read(backend);
      return quietly(() => own.download(dtype, place, length));
    },
    downloadAsync(dtype, place, length) {
      tap.listener?.read(backend);
      return own.downloadAsync(dtype, place, length);
    },
  } satisfies Partial<Backend>);
  if (!("host" in backend)) return;
  const shared = backend as HostBackend;
  const host = shared.host.bind(shared);
  shared.host = (dtype, place, length) => {
    tap.listener?.read(shared);
    return host(dtype, place, length);
  };
}
const METHODS = ["allocate", "launch", "matmul", "pack", "upload", "download", "downloadAsync"] as const;
