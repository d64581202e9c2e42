import { defineConfig } from "vitest/config";

// Programs in docs/ and examples/ import "tidu" as a user's would; here that is the source.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    // The products tested are our own; test/blas.test.ts turns the system's on.
    env: { TIDU_BLAS: "0" },
    projects: [
      { extends: true, test: { name: "all", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "one thread, no fused instructions",
          include: ["conformance", "conv", "gradcheck", "threads", "fuzz", "partial"].map(
            (name) => `test/${name}.test.ts`,
          ),
          env: { TIDU_WASM_LEVEL: "simd128", TIDU_NUM_THREADS: "1" },
        },
      },
    ],
  },
});
