// docs/names.md: what PyTorch has and each front has not.
import { format, resolveConfig } from "prettier";
import { all, classes, LEFT_OUT, modules } from "./measure.ts";
import type { Missing } from "./measure.ts";

const HEAD = `# Names

Made by \`npm run names -- --write\` from the public names of PyTorch 2.13 (\`tools/record/names.py\`) and held to what is there by \`test/package/names.test.ts\`, both ways: a name that is listed here as missing and is there fails, as does one that is gone. \`npm run names -- torch.nn.utils\` prints the parts whose names begin so.

A module counts as a namespace with the public names in it; of a class, its members count. In TypeScript the files of a package are no namespaces of their own: \`torch.nn.modules.conv\` has nothing that \`torch.nn\` has not.
`;
const count = (of: Readonly<Record<string, readonly string[]>>, place: string): number => of[place]?.length ?? 0;
/** "torch.nn.modules" of "torch.nn.modules.conv": what a row of the table sums up. */
const family = (place: string): string => place.split(".").slice(0, 2).join(".");

function table(python: Missing, typescript: Missing): string {
  const rows = ["| namespace | names | Python | TypeScript |", "| --- | --: | --: | --: |"];
  for (const name of new Set(Object.keys(modules).map(family))) {
    const places = Object.keys(modules).filter((place) => family(place) === name);
    const names = new Set(places.flatMap((place) => modules[place]));
    if (names.size === 0) continue;
    const missing = (of: Missing): number =>
      new Set(places.flatMap((place) => (of.modules.includes(place) ? modules[place] : (of.names[place] ?? [])))).size;
    rows.push(
      `| \`${name}\` | ${names.size} | ${names.size - missing(python)} | ${names.size - missing(typescript)} |`,
    );
  }
  for (const place of Object.keys(classes)) {
    const total = count(classes, place);
    rows.push(
      `| \`${place}\` | ${total} | ${total - count(python.names, place)} | ${total - count(typescript.names, place)} |`,
    );
  }
  return `${rows.join("\n")}\n`;
}
function list(missing: Missing): string {
  const lines = Object.entries(missing.names).map(([place, names]) => `- \`${place}\`: \`${names.join(" ")}\``);
  const whole = missing.modules.map((place) => {
    const names = modules[place].join(" ");
    return `- \`${place}\`${names === "" ? "" : `: \`${names}\``}`;
  });
  return `${lines.join("\n")}\n\nNot there at all:\n\n${whole.join("\n")}\n`;
}

export async function page(
  python: Missing & { readonly extra: readonly string[] },
  typescript: Missing,
): Promise<string> {
  const left = Object.entries(LEFT_OUT).map(([place, why]) => {
    const names = Object.entries(all).filter(([path]) => `${path}.`.startsWith(`${place}.`) && !(path in modules));
    return `- \`${place}\`, ${names.flatMap(([, n]) => n).length} names: ${why}`;
  });
  const parts = [
    HEAD,
    table(python, typescript),
    `## Left out\n\n${left.join("\n")}\n`,
    `## Missing in Python\n\n${list(python)}`,
    `Names of \`torch\` that PyTorch has not: ${python.extra.length > 0 ? `\`${python.extra.join(" ")}\`` : "none"}\n`,
    `## Missing in TypeScript\n\n${list(typescript)}`,
  ];
  const config = await resolveConfig(new URL("../../docs/names.md", import.meta.url).pathname);
  return format(parts.join("\n"), { ...config, parser: "markdown" });
}
