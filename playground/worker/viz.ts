// What the playground uses of the library's recordings beyond tidu/viz's own names.
export { explain, explainError } from "../../src/viz/explain/explain.ts";
export type { Explanation } from "../../src/viz/explain/explanation.ts";
export { latest, Run } from "../../src/viz/run.ts";
export { storyOf } from "../../src/viz/story.ts";
