import { defineConfig } from "vitest/config";

// Programs in docs/ and examples/ import "tidu" as a user's would; here that is the source.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  // The products tested are our own; test/blas.test.ts turns the system's on.
  test: { include: ["test/**/*.test.ts"], env: { TIDU_BLAS: "0" } },
});
