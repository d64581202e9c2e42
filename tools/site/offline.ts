// The service workers of the site, by which it works without a network after the first visit.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";

interface Offline {
  /** By which its caches are told from others'. */
  readonly name: string;
  /** What must be there before it answers; the rest comes later, but for what is `asked` for. */
  readonly isEarly: (file: string) => boolean;
  readonly isAsked: (file: string) => boolean;
  /** Folders with a service worker of their own. */
  readonly others: readonly string[];
}
/** Writes `folder`/service_worker.js. Its cache's name follows from all files, so that a new build is fetched anew. */
export function writeServiceWorker(folder: string, { name, isEarly, isAsked, others }: Offline): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1).replaceAll("\\", "/"))
    .filter((file) => file !== "service_worker.js" && !others.some((other) => file.startsWith(other)))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(`${folder}/${file}`));
  // A folder's page has the folder's address.
  const address = (file: string): string => file.replace(/(^|\/)index\.html$/, "$1") || "./";
  const list = (wanted: (file: string) => boolean): string =>
    JSON.stringify(files.filter((file) => !isAsked(file) && wanted(file)).map(address));
  const text = readFileSync("tools/site/service_worker.js", "utf8")
    .replace("__NAME__", name)
    .replace("__VERSION__", hash.digest("hex").slice(0, 12))
    .replace("__EARLY__", () => list(isEarly))
    .replace("__LATER__", () => list((file) => !isEarly(file)))
    .replace("__OTHERS__", JSON.stringify(others));
  writeFileSync(`${folder}/service_worker.js`, text);
}
