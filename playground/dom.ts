// Elements of the page, found and made.
export const byId = <T extends Element = HTMLElement>(id: string): T => document.getElementById(id) as unknown as T;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
export function button(text: string | Node, label: string, press: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", "aria-label": label, title: label }, text);
  made.addEventListener("click", press);
  return made;
}
/** A small picture in place of a button's text. */
export function icon(path: string): SVGElement {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  picture.innerHTML = `<path d="${path}"/>`;
  return picture;
}
/** Offers a text as a file. */
export function download(name: string, text: string, type: string): void {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
