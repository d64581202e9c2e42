import { buildSite, SITE } from "./build.ts";

await buildSite();
console.log(`Built ${SITE}/.`);
