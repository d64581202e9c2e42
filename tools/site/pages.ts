// What stands on the site: the repository's own pages, which are read there as well, under the site's addresses; the lessons; and
// the reference, made of the sources. Written into website/pages, of which VitePress makes the site.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fencesOf, withAddresses } from "./fences.ts";
import { reference } from "./reference.ts";

export type Language = "en" | "zh";
/** A page: where it stands in the repository (for links between them), and where on the site. */
export interface Page {
  readonly source: string;
  readonly address: string;
  readonly text: string;
}
interface Section {
  readonly en: string;
  readonly zh: string;
  readonly pages: readonly string[];
}
/** The guides in the order of the menu. */
export const SECTIONS: readonly Section[] = [
  {
    en: "Begin",
    zh: "入门",
    pages: ["docs/start.md", "docs/from-pytorch.md", "docs/from-tensorflow.md", "docs/python.md", "docs/translate.md"],
  },
  { en: "Gradients", zh: "梯度", pages: ["docs/autograd.md", "docs/visualise.md", "docs/memory.md"] },
  {
    en: "Programs",
    zh: "写程序",
    pages: [
      "docs/data.md",
      "docs/files.md",
      "docs/train.md",
      "docs/onnx.md",
      "docs/typed-shapes.md",
      "docs/compile.md",
    ],
  },
  {
    en: "Where it runs",
    zh: "运行环境",
    pages: [
      "docs/devices.md",
      "docs/webgpu.md",
      "docs/distributed.md",
      "docs/deployment.md",
      "docs/bundle.md",
      "docs/security.md",
    ],
  },
  {
    en: "How good it is",
    zh: "质量",
    pages: ["docs/conformance.md", "docs/operators.md", "docs/differences.md", "docs/names.md", "docs/performance.md"],
  },
  {
    en: "The project",
    zh: "项目",
    pages: ["CHANGELOG.md", "CONTRIBUTING.md", "AGENTS.md", "docs/architecture.md"],
  },
];
const WORDS = {
  en: { guide: "Guide", lessons: "Lessons", reference: "Reference", playground: "Playground", path: "The course" },
  zh: { guide: "指南", lessons: "课程", reference: "参考", playground: "试验场", path: "课程" },
} as const;
/** What stands on pages beside text, and on the site in a folder of its own. */
const PICTURES = "docs/lessons/pictures/";
const isSpace = (path: string): boolean => path.startsWith("reference/torch-");
const prefixOf = (language: Language): string => (language === "en" ? "" : "zh/");
const read = (path: string): string => readFileSync(path, "utf8");
export const titleOf = (text: string): string => /^# (.+)$/m.exec(text)?.[1] ?? "";

/** docs/memory.md stands at memory.md, docs/lessons/zh/README.md at zh/lessons/index.md. */
export function addressOf(source: string): string {
  const lesson = /^docs\/lessons\/(en|zh)\/(.+)$/.exec(source);
  if (lesson !== null)
    return `${prefixOf(lesson[1] as Language)}lessons/${lesson[2] === "README.md" ? "index.md" : lesson[2]}`;
  return source.startsWith("docs/") ? source.slice(5) : source.toLowerCase();
}
/** Every page that stands in the repository. */
function written(): Page[] {
  const guides = SECTIONS.flatMap(({ pages }) => pages);
  const chinese = guides
    .map((path) => path.replace("docs/", "docs/zh/"))
    .filter((path) => path.includes("/zh/") && existsSync(path));
  const lessons = (["en", "zh"] as const).flatMap((language) =>
    readdirSync(`docs/lessons/${language}`).map((name) => `docs/lessons/${language}/${name}`),
  );
  const homes = ["docs/index.md", "docs/zh/index.md"];
  return [...homes, ...guides, ...chinese, ...lessons].map((source) => ({
    source,
    address: addressOf(source),
    text: read(source),
  }));
}
/** Links between files of the repository as links between pages; of files that are no pages the words stay. */
export function withLinks({ source, text, address }: Page, addresses: ReadonlyMap<string, string>): string {
  const within = new Set(
    fencesOf(text).flatMap(({ line, end }) => Array.from({ length: end - line }, (_, i) => line + i)),
  );
  const link = (all: string, words: string, target: string): string => {
    // The playground is no page that VitePress could change to by itself.
    if (target === "/playground/") return `${all}{target="_self"}`;
    if (/^(https?:|mailto:|#|\/)/.test(target)) return all;
    const [path, anchor = ""] = target.split(/(?=#)/);
    const wanted = posix.normalize(posix.join(posix.dirname(source), path));
    if (wanted.startsWith(PICTURES)) return `[${words}](/pictures/${wanted.slice(PICTURES.length)})`;
    const inChinese = wanted.replace(/^docs\/(?!zh\/|lessons\/)/, "docs/zh/");
    const found = (address.startsWith("zh/") ? addresses.get(inChinese) : undefined) ?? addresses.get(wanted);
    return found === undefined ? words : `[${words}](/${found}${anchor})`;
  };
  return text
    .split("\n")
    .map((line, i) => (within.has(i) ? line : line.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, link)))
    .join("\n");
}
/** The lessons' own links to each other and to the other language are the site's menus. */
const withoutMenus = (text: string): string =>
  text.replace(/^\[[^\n]*\n\n(?=# )/, "").replace(/\n---\n\n\[[^\n]*\n?$/, "\n");

/** All pages of the site by their addresses. */
export function sitePages(): Map<string, string> {
  const pages = written();
  const addresses = new Map(pages.map(({ source, address }) => [source, address]));
  const out = new Map<string, string>();
  for (const page of pages) {
    const text = page.address.includes("lessons/") ? withoutMenus(page.text) : page.text;
    // Lists of names answer every search and no question.
    const quiet = ["names.md", "operators.md", "differences.md", "changelog.md"].includes(page.address)
      ? "---\nsearch: false\n---\n\n"
      : "";
    out.set(page.address, quiet + withAddresses(withLinks({ ...page, text }, addresses)));
  }
  for (const [address, text] of reference().pages) out.set(address, withAddresses(text));
  // The other language's menu leads to the same page: where it is not translated, to one that says so.
  const untranslated = [...out].filter(([address]) => !address.startsWith("zh/") && !out.has(`zh/${address}`));
  for (const [address, text] of untranslated)
    out.set(`zh/${address}`, `# ${titleOf(text)}\n\n这一页目前只有英文：[${titleOf(text)}](/${address})。\n`);
  return out;
}
interface Item {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly Item[];
  readonly collapsed?: boolean;
  readonly target?: string;
}
/** The menus, by language. */
export function sidebars(
  pages: ReadonlyMap<string, string>,
): Record<Language, { nav: Item[]; sidebar: Record<string, Item[]> }> {
  const menus = (language: Language): { nav: Item[]; sidebar: Record<string, Item[]> } => {
    const at = prefixOf(language);
    const words = WORDS[language];
    const item = (address: string): Item => {
      const here = pages.has(`${at}${address}`) ? `${at}${address}` : address;
      return { text: titleOf(pages.get(here)!), link: `/${here.replace(/index\.md$/, "").replace(/\.md$/, "")}` };
    };
    const refs = [...pages.keys()].filter((path) => path.startsWith("reference/"));
    const lessons = [...pages.keys()].filter((path) => path.startsWith(`${at}lessons/`) && !path.endsWith("index.md"));
    const guide = SECTIONS.map((section): Item => ({
      text: section[language],
      items: section.pages.map((path) => item(addressOf(path))),
    }));
    return {
      nav: [
        { text: words.guide, link: guide[0].items![0].link },
        { text: words.lessons, link: `/${at}lessons/` },
        { text: words.reference, link: "/reference/" },
        { text: words.playground, link: "/playground/", target: "_self" },
      ],
      sidebar: {
        [`/${at}lessons/`]: [{ text: words.path, items: lessons.sort().map((path) => item(path.slice(at.length))) }],
        [`/${at}reference/`]: [
          {
            text: words.reference,
            // Layers and optimizers are looked for more often than how an op is declared.
            items: [
              "reference/index.md",
              ...refs.filter(isSpace).sort(),
              ...refs.filter((path) => !isSpace(path) && !path.endsWith("/index.md")).sort(),
            ].map(item),
          },
        ],
        [`/${at}`]: guide,
      },
    };
  };
  return { en: menus("en"), zh: menus("zh") };
}
export function writePages(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const pages = sitePages();
  for (const [address, text] of pages) {
    mkdirSync(dirname(`${folder}/${address}`), { recursive: true });
    writeFileSync(`${folder}/${address}`, text);
  }
  cpSync("playground/icon.svg", `${folder}/public/icon.svg`);
  cpSync(PICTURES, `${folder}/public/pictures`, { recursive: true });
  writeFileSync(`${folder}/sidebars.json`, JSON.stringify(sidebars(pages)));
}
