/**
 * Words of a text for the search. Chinese has no spaces between words: each pair of neighbouring characters counts as one, the
 * same in the index and in what is asked, whatever dictionary a browser has. Names with _ count whole and in parts.
 * VitePress sends the function's text to browsers: it may use nothing from outside.
 */
export function tokenize(text: string): string[] {
  const words: string[] = [];
  // What stands in every sentence tells none from another.
  const common = /^(a|an|and|are|be|by|can|do|does|for|has|have|in|is|it|not|of|on|or|that|the|this|to|was|with)$/i;
  for (const [run] of text.matchAll(/[\u3040-\u30ff\u3400-\u9fff]+|[\p{L}\p{N}_]+/gu)) {
    for (const part of run.split(/([\u3040-\u30ff\u3400-\u9fff]+)/)) {
      if (part === "") continue;
      if (/^[\u3040-\u30ff\u3400-\u9fff]/.test(part)) {
        if (part.length === 1) words.push(part);
        for (let i = 0; i + 1 < part.length; i++) words.push(part.slice(i, i + 2));
      } else {
        if (!common.test(part)) words.push(part);
        if (/[^_]_+[^_]/.test(part)) words.push(...part.split(/_+/).filter((word) => word !== ""));
      }
    }
  }
  return words;
}
