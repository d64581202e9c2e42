import { runLessons } from "./python_lesson.ts";
import type { Lesson } from "./python_lesson.ts";

addEventListener("message", async ({ data }: MessageEvent<Lesson[]>) => postMessage(await runLessons(data)));
