// What the types of shapes are worth: `npm run typed`. How many shapes are known in the models of the tests, how many
// faults do not compile, whether random calls give what was inferred.
import { readFileSync, readdirSync } from "node:fs";
import { calls } from "./calls.ts";
import { cost, seconds, withoutShapes } from "./cost.ts";
import { coverage } from "./coverage.ts";
import { faults, isDeclared, isSentence } from "./faults.ts";

const MODELS = "test/typed/models";
const only = process.argv[2];
if (only === undefined || only === "coverage") {
  let [known, all] = [0, 0];
  for (const name of readdirSync(MODELS)) {
    const found = coverage(readFileSync(`${MODELS}/${name}`, "utf8"));
    known += found.known;
    all += found.all;
    console.log(`${name.padEnd(16)} ${found.known} of ${found.all} shapes known`);
    for (const what of [...found.unknown, ...found.faults]) console.log(`    ${what.slice(0, 160)}`);
    if (found.faults.length > 0) process.exitCode = 1;
  }
  console.log(`${known} of ${all} shapes of ${readdirSync(MODELS).length} models are known`);
  if (known < 0.9 * all) process.exitCode = 1;
}
if (only === undefined || only === "faults") {
  const all = await faults(MODELS, 200, 1);
  const failing = all.filter(({ raised }) => raised !== null);
  const refused = failing.filter(({ said }) => said.length > 0);
  const told = failing.filter(({ said }) => said.some(isSentence));
  const running = all.filter(({ raised }) => raised === null);
  const alarms = running.filter(({ said }) => said.length > 0 && !said.some(isDeclared));
  console.log(`${refused.length} of ${failing.length} faults do not compile, ${told.length} with the sentence`);
  console.log(`${alarms.length} of ${running.length} changes that run do not compile`);
  for (const { model, line, change, raised, said } of [
    ...failing.filter((fault) => !fault.said.some(isSentence)),
    ...alarms,
  ])
    console.log(`    ${model}:${line} ${change}: ${raised ?? "runs"} | ${(said[0] ?? "compiles").slice(0, 200)}`);
  if (refused.length < 0.975 * failing.length || alarms.length > 0) process.exitCode = 1;
}
if (only === undefined || only === "calls") {
  for (const blurred of [false, true]) {
    const { ran, known, wrong, refused, told, otherwise } = calls(5000, blurred ? 2 : 1, blurred);
    console.log(
      `${blurred ? "With numbers that are not known: " : ""}${ran} calls ran, the shapes of ${known} are known, ${wrong.length} are wrong`,
    );
    for (const { call, inferred, real } of wrong) console.log(`    ${call}: ${inferred.slice(0, 200)} | ${real}`);
    console.log(
      `${refused} of ${5000 - ran} calls that fail do not compile, ${told} with the sentence that was raised`,
    );
    // Of sizes that are not known the sentence says "?".
    if (!blurred)
      for (const { call, inferred, real } of otherwise) console.log(`    ${call}: ${inferred.slice(0, 300)} | ${real}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}
// What shapes cost: npm run typed -- cost [PATH OF A COMPILER'S tsc]...
if (only === undefined || only === "cost") {
  const text = readFileSync(`${MODELS}/gpt.ts`, "utf8");
  const { typed, untyped } = cost(text);
  for (const what of ["types", "instantiations"] as const)
    console.log(`A GPT takes ${typed[what]} ${what}, without shapes ${untyped[what]}`);
  const programs = {
    typed: text,
    untyped: withoutShapes(text),
    imported: `import { nn } from "tidu/typed";\nexport const linear = nn.Linear;\n`,
    plain: `import { nn } from "tidu";\nexport const linear = nn.Linear;\n`,
  };
  const compilers = process.argv.slice(3);
  for (const tsc of compilers.length > 0
    ? compilers
    : ["node_modules/typescript/bin/tsc", "node_modules/typescript-lowest/bin/tsc"]) {
    const [a, b, c, d] = seconds(tsc, programs, 5);
    console.log(
      `${tsc}: ${a.toFixed(2)} s, without shapes ${b.toFixed(2)} s: ${(a - b).toFixed(2)} s, of which ${(c - d).toFixed(2)} s for the import`,
    );
  }
}
