// npm run build:wheel [-- FOLDER]: writes the wheel of the Python package into dist/ or a folder.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildWheel } from "./wheel.ts";

const [folder = "dist"] = process.argv.slice(2);
const { filename, bytes } = await buildWheel();
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, filename), bytes);
console.log(`Built ${join(folder, filename)}, ${(bytes.length / 1024).toFixed(0)} KB.`);
