// Colours and shapes that the pages share; dark where their reader has it so.
export const COMMON = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5b6775; --line: #8a96a3; --paper: #fff; --panel: #f6f8fa; --edge: #d5dbe1;
  --leaf: #d6eaff; --op: #eef1f4; --output: #d9f2c9; --saved: #ffe3bd; --group: #e7e3fb; --lit: #c2410c; --back: #7c3aed; --bad: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #a5b1bd; --line: #77838f; --paper: #14181d; --panel: #1b2027; --edge: #333c46;
  --leaf: #17395c; --op: #2a323b; --output: #24451a; --saved: #573c12; --group: #383060; --lit: #fb923c; --back: #a78bfa; --bad: #f87171; } }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 14px system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 12px; border-bottom: 1px solid var(--edge); background: var(--panel); }
button, input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: 6px; padding: 4px 10px; }
button { cursor: pointer; } button[aria-pressed="true"] { border-color: var(--back); color: var(--back); }
:focus-visible { outline: 2px solid var(--lit); outline-offset: 1px; }
code, pre, .mono { font: 12px ui-monospace, Menlo, Consolas, monospace; }
main { flex: 1; min-height: 0; display: flex; }
aside { width: 300px; overflow: auto; padding: 12px; border-left: 1px solid var(--edge); background: var(--panel); }
h2 { font-size: 14px; margin: 0 0 8px; overflow-wrap: anywhere; } p { margin: 0 0 8px; } .soft { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 640px) { main { flex-direction: column; } aside { width: auto; max-height: 38vh; border-left: 0; border-top: 1px solid var(--edge); } }`;
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
