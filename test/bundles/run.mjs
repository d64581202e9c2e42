// node run.mjs FILE...: runs bundled programs, each a module of its own; prints as JSON what their expressions give.
import { pathToFileURL } from "node:url";

const results = {};
for (const file of process.argv.slice(2)) {
  let name = file;
  try {
    const { methods, runs } = await import(pathToFileURL(file).href);
    results[file] = { methods: methods.sort().join(), given: {} };
    for (name of Object.keys(runs)) {
      try {
        results[file].given[name] = await runs[name]();
      } catch (error) {
        results[file].given[name] = String(error?.stack ?? error);
      }
    }
  } catch (error) {
    results[file] = { methods: "", given: { [name]: String(error?.stack ?? error) } };
  }
}
console.log(JSON.stringify(results));
process.exit(0);
