// python_thread.ts from source, where Node does not read TypeScript: a thread has not the main thread's loader.
import { register } from "tsx/esm/api";

register();
await import("./python_thread.ts");
