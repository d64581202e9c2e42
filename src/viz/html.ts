// Pages of one file: a script and its data, nothing from elsewhere.
import { escaped } from "./markup.ts";

/** The data stand in a script element, where nothing but its end has a meaning. */
export const pageOf = (title: string, script: string, data: unknown): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<body></body>
<script type="module">${script.replaceAll("</script", "<\\/script")}</script>
</html>
`;
