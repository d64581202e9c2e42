// What the playground uses of the library's recordings beyond tidu/viz's own names.
export type { Explanation } from "../../src/viz/explain/explanation.ts";
export { latest, Run } from "../../src/viz/run.ts";
export { storyOf } from "../../src/viz/story.ts";
