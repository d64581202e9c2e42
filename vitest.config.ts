import { defineConfig } from "vitest/config";

// Programs in docs/ and examples/ import "tidu" as a user's would; here that is the source.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  test: { include: ["test/**/*.test.ts"] },
});
