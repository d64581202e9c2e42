import { buildSite, SITE } from "./build.ts";
import { buildPages } from "./website.ts";

const begun = performance.now();
await buildSite();
const { pages } = buildPages(SITE);
console.log(
  `Built ${SITE}/: ${pages} pages and the playground, in ${((performance.now() - begun) / 1000).toFixed(0)} s.`,
);
