import { defineConfig } from "vitest/config";

// What `npm run test:levels` tries besides at the lowest level: minutes, and the kernels are the same ones.
const long = process.env["TIDU_LEVELS"] === "all" ? ["gradcheck", "fuzz", "emit", "math", "gemm"] : [];

// Programs in docs/ and examples/ import "tidu" as a user's would; here that is the source.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // Files beside each other, on every core: left to itself, vitest runs one at a time where there are two cores.
    maxWorkers: "100%",
    // Limits are there for what hangs: a machine ten times slower than ours, or as busy, must not fail.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 600_000,
    // The products tested are our own; one project and test/devices/blas.test.ts turn the system's on.
    env: { TIDU_BLAS: "0" },
    projects: [
      { extends: true, test: { name: "all", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "one thread, no fused instructions",
          include: ["conformance", "conv", "threads", "partial", ...long].map((name) => `test/**/${name}.test.ts`),
          env: { TIDU_WASM_LEVEL: "simd128", TIDU_NUM_THREADS: "1" },
        },
      },
      {
        extends: true,
        test: {
          name: "products by the system's BLAS",
          include: ["attention", "conv", "linalg", "lstm", "recurrent", "strides_large", "transformer"].map(
            (name) => `test/**/${name}.test.ts`,
          ),
          env: { TIDU_BLAS: "1" },
        },
      },
    ],
  },
});
