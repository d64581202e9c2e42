// The site's frame. What stands in it is written by tools/site/pages.ts into website/pages, with sidebars.json.
import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import type { DefaultTheme } from "vitepress";
import { tokenize } from "./tokenize.ts";

type Language = "en" | "zh";
const written = JSON.parse(readFileSync(new URL("../pages/sidebars.json", import.meta.url), "utf8")) as Record<
  Language,
  { nav: DefaultTheme.NavItem[]; sidebar: DefaultTheme.Sidebar }
>;
const RUN = { en: "Run it in the playground", zh: "在试验场里运行" };
/** Where the site lies on its host, e.g. /tidu/. */
const base = process.env["TIDU_SITE_BASE"] ?? "/";

export default defineConfig({
  base,
  srcDir: "pages",
  title: "tidu",
  description: "PyTorch's tensors, tape and modules, for TypeScript",
  cleanUrls: false,
  // Beside the pages, not of them; tools/site/links.ts follows it.
  ignoreDeadLinks: [/^\/playground\//],
  metaChunk: true,
  head: [
    ["link", { rel: "icon", href: `${base}icon.svg` }],
    ["meta", { name: "color-scheme", content: "light dark" }],
    // It works without a network after the first visit: tools/site/service_worker.js.
    ["script", {}, `navigator.serviceWorker?.register("${base}service_worker.js")`],
  ],
  locales: {
    root: { label: "English", lang: "en" },
    zh: {
      label: "中文",
      lang: "zh-CN",
      description: "给 TypeScript 的 PyTorch：张量、计算图、模块",
      themeConfig: {
        ...written.zh,
        outline: { level: [2, 3], label: "本页" },
        docFooter: { prev: "上一页", next: "下一页" },
        darkModeSwitchLabel: "外观",
        lightModeSwitchTitle: "切换到浅色",
        darkModeSwitchTitle: "切换到深色",
        sidebarMenuLabel: "目录",
        returnToTopLabel: "回到顶部",
        langMenuLabel: "语言",
        skipToContentLabel: "跳到正文",
        notFound: {
          title: "没有这一页",
          quote: "地址可能写错了，或者这一页搬走了。用上面的搜索找找看。",
          linkLabel: "回到首页",
          linkText: "回到首页",
        },
      },
    },
  },
  themeConfig: {
    ...written.en,
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        // A sentence of an error has many short words that stand everywhere: only longer ones stand for what begins like them, and a
        // title that shares some of its words comes after a text that has it whole.
        miniSearch: {
          options: { tokenize },
          searchOptions: {
            boost: { title: 1, titles: 0.5, text: 1 },
            prefix: (term: string) => term.length > 3 || /[\u3400-\u9fff]/.test(term),
            fuzzy: (term: string) => (term.length > 5 ? 0.15 : false),
          },
        },
        locales: {
          zh: {
            translations: {
              button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
              modal: {
                displayDetails: "显示详情",
                resetButtonTitle: "清空",
                backButtonTitle: "关闭搜索",
                noResultsText: "没有找到",
                footer: {
                  selectText: "打开",
                  navigateText: "上下选择",
                  closeText: "关闭",
                  selectKeyAriaLabel: "回车",
                  navigateUpKeyAriaLabel: "上箭头",
                  navigateDownKeyAriaLabel: "下箭头",
                  closeKeyAriaLabel: "Esc",
                },
              },
            },
          },
        },
      },
    },
  },
  // Of the home page VitePress makes no main part. The key beside "Search" is drawn by style.css: as a text it would be seen as a
  // part of the button's name, which it is not.
  transformHtml: (html) =>
    html
      .replace('<div class="VPContent is-home"', '<div role="main" class="VPContent is-home"')
      .replaceAll('<kbd class="DocSearch-Button-Key">K</kbd>', '<kbd class="DocSearch-Button-Key"></kbd>'),
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config(md) {
      // The corner of a table with names on both sides is no header of anything.
      md.core.ruler.push("corners", ({ tokens }) => {
        for (const [i, token] of tokens.entries())
          if (token.type === "th_open" && tokens[i + 1].content === "") token.tag = tokens[i + 2].tag = "td";
      });
      // Programs carry the address under which the playground opens them: Note [Run] in tools/site/fences.ts.
      const fence = md.renderer.rules.fence!;
      md.renderer.rules.fence = (tokens, i, options, env: { relativePath?: string }, self) => {
        const [, hash] = / run=(\S+)/.exec(tokens[i].info) ?? [];
        tokens[i].info = tokens[i].info.replace(/ .*/, "");
        const html = fence(tokens, i, options, env, self);
        if (hash === undefined) return html;
        const label = RUN[env.relativePath?.startsWith("zh/") === true ? "zh" : "en"];
        return `<div class="program">${html}<p class="run"><a href="${base}playground/#${hash}" target="_self">${label}</a></p></div>`;
      };
    },
  },
});
