#!/usr/bin/env node
// The command `tidu`.
import { createRequire } from "node:module";
import { Command } from "commander";
import { check } from "./check.ts";
import { info } from "./info.ts";
import { run } from "./run.ts";
import { translateFile } from "./translate.ts";

const { version } = createRequire(import.meta.url)("tidu/package.json") as { version: string };

const program = new Command("tidu")
  .description("PyTorch's tensors, tape and modules, for TypeScript and for Python programs as they are")
  .version(version)
  .enablePositionalOptions();
program
  .command("run")
  .description("run a program: Python with `import torch`, TypeScript or JavaScript")
  .argument("<program>", "a file: .py, .ts, .js")
  .argument("[args...]", "given to the program as they are")
  .option("--device <device>", 'what a program that asks for "cuda" gets: webgpu, or cpu for nothing', "cpu")
  .option(
    "--mount <folder>",
    "a folder that a Python program may read and write, beside its own and the current one; may be given again",
    (folder: string, before: readonly string[]) => [...before, folder],
    [] as readonly string[],
  )
  .passThroughOptions()
  .action(run);
program
  .command("check")
  .description("tell which of torch's names in Python programs are not there")
  .argument("<programs...>", "files: .py")
  .action(check);
program
  .command("translate")
  .description("write a PyTorch program in TypeScript; what has no twin is left as comments")
  .argument("<program>", "a file: .py")
  .option("-o, --output <file>", "where the text goes, instead of the standard output")
  .action(translateFile);
program
  .command("info")
  .description("tell version, devices, threads, WebAssembly's instructions, memory and Python")
  .action(() => console.log(info(version)));
await program.parseAsync();
