// Every link of a built site leads to a file of it, and to a place in that file.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";

/** What leads nowhere, as "page: link". Links to other hosts are not followed: a build needs no network. */
export function deadLinks(folder: string, base: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".html"));
  const ids = new Map<string, Set<string>>();
  const idsOf = (path: string): Set<string> => {
    let found = ids.get(path);
    if (found === undefined) {
      const html = readFileSync(`${folder}/${path}`, "utf8");
      ids.set(path, (found = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))));
    }
    return found;
  };
  const dead: string[] = [];
  for (const page of pages) {
    const html = readFileSync(`${folder}/${page}`, "utf8").replace(/<(script|style)[\s>][^]*?<\/\1>/g, "");
    for (const [, href] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|mailto:|data:|javascript:)/.test(href)) continue;
      const [path, anchor = ""] = href.replaceAll("&amp;", "&").split("#");
      const absolute = path.startsWith(base) ? path.slice(base.length) : posix.join(posix.dirname(page), path);
      let target = path === "" ? page : decodeURIComponent(absolute);
      if (target === "" || target.endsWith("/")) target += "index.html";
      const isThere = existsSync(`${folder}/${target}`) && statSync(`${folder}/${target}`).isFile();
      const isProgram = target === "playground/index.html" && /^(ts|py)=[\w-]+$/.test(anchor);
      const hasPlace = anchor === "" || isProgram || (isThere && idsOf(target).has(decodeURIComponent(anchor)));
      if (!isThere || !hasPlace) dead.push(`${page}: ${href.slice(0, 200)}`);
    }
  }
  return dead;
}
