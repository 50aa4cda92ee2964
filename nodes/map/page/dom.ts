/** An element of the page that is always there. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Writes a text, never HTML, and only where it is another one. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Says what a button or a field is for, to those who see it and those who hear it. */
export function setLabel(target: HTMLElement, label: string): void {
  target.title = label;
  target.setAttribute("aria-label", label);
}

export function make<T extends keyof HTMLElementTagNameMap>(
  name: T,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[T] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}
