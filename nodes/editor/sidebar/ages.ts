import { ageText } from "../../../src/age-text";
import { language, timeText } from "../kit/texts";

const CLASS = "tracker-age";

/** An element that says how long ago a time is, and goes on saying it. */
export function ageElement(time: number): JQuery {
  return setAge($("<time>", { class: CLASS }), time);
}

/** Gives an element a time; null empties it. */
export function setAge(element: JQuery, time: number | null): JQuery {
  const node = element[0] as HTMLElement;
  node.classList.add(CLASS);
  if (node.dataset.time === String(time ?? "")) return element;
  node.dataset.time = String(time ?? "");
  node.title = time === null || ageText(time, time, language()) === "" ? "" : timeText(time);
  show(node, Date.now());
  return element;
}

/** Moves all ages of the page on, every second; those that nobody sees cost next to nothing. */
export function startAges(): void {
  setInterval(() => {
    if (document.visibilityState === "hidden") return;
    const now = Date.now();
    for (const node of document.querySelectorAll<HTMLElement>(`.${CLASS}`)) show(node, now);
  }, 1000);
}

function show(node: HTMLElement, now: number): void {
  const { time } = node.dataset;
  const age = time ? ageText(Number(time), now, language()) : "";
  if (node.textContent !== age) node.textContent = age;
}
