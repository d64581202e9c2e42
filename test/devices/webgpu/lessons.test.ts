// The lessons with everything on the WebGPU device print what they print on the CPU: `npm run test:webgpu`.
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import * as torch from "../../../src/index.ts";
import { pythonPrint } from "../../lessons/python_print.ts";
import { describeGpu } from "./adapter.ts";

interface Lesson {
  readonly id: string;
  readonly stdout: string;
  readonly exception: { readonly type: string; readonly text: string } | null;
}
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const { lessons } = JSON.parse(read("../../recorded/lessons.json")) as { lessons: Lesson[] };
const folder = new URL("../../../docs/lessons/", import.meta.url);
const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));
/** Every eighth in `npm test`. */
const all = process.env["TIDU_WEBGPU"] === "all";
const chosen = lessons.map((lesson, i) => [lesson, programs[i]] as const).filter((_, i) => all || i % 8 === 4);

describeGpu("on the WebGPU device", () => {
  beforeAll(() => torch.set_default_device("webgpu"));
  afterAll(() => torch.set_default_device(null));
  afterEach(() => {
    vi.restoreAllMocks();
    torch.set_warning_listener(null);
  });
  for (const [{ id, stdout, exception }, program] of chosen)
    test(`lesson ${id} prints and raises what it does on the CPU`, async () => {
      const lines: string[] = [];
      vi.spyOn(console, "log").mockImplementation((...args) => void lines.push(`${pythonPrint(args)}\n`));
      torch.set_warning_listener(() => {});
      let raised: string | null = null;
      try {
        await import(new URL(program, folder).pathname);
      } catch (error) {
        raised = String((error as Error).message).split("\n")[0];
      }
      // Lines break elsewhere where there is more to say.
      const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
      const bare = (text: string): string => text.replaceAll(/, device='webgpu'/g, "").replaceAll("webgpu", "cpu");
      expect(bare(flat(lines.join("")))).toBe(flat(stdout));
      expect(raised && bare(raised)).toBe(exception && exception.text);
    });
});
