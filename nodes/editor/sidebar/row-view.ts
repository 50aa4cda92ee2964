import { ageText } from "../../../src/age-text";
import type { Row } from "../../../src/fleet/views";
import { counted, language, numberText, text } from "../kit/texts";
import { setAge } from "./ages";
import { ringingOf } from "./alarms";
import { currentIgnition, currentSpeed, titleOf } from "./rows";
import { setStatusIcon, statusText } from "./status";
import type { RowKind } from "./virtual-list";

interface Parts {
  readonly element: HTMLElement;
  readonly icon: HTMLElement;
  readonly title: HTMLElement;
  readonly age: JQuery;
  readonly detail: HTMLElement;
  readonly ignition: HTMLElement;
  readonly speed: HTMLElement;
  readonly activate: HTMLButtonElement;
  readonly ignore: HTMLButtonElement;
  row: Row | undefined;
}

/** What can be done in a row. */
export interface RowActions {
  /** False for those who may only look. */
  readonly mayChange: boolean;
  /** Something new was heard of it that nobody has looked at. */
  isNews(imei: string): boolean;
  open(row: Row): void;
  activate(row: Row): void;
  ignore(row: Row, ignored: boolean): void;
}

const isInactive = ({ status }: Row): boolean => status === "registered" || status === "deactivated";
const isUnknown = ({ status }: Row): boolean => status === "pending" || status === "ignored";

/** How a device or an unknown sender looks in the list. */
export function rowKind(actions: RowActions): RowKind<Row, Parts> {
  return {
    height: 46,
    key: ({ imei }) => imei,
    create: () => create(actions),
    fill: (parts, row) => fill(parts, row, actions),
    refresh: showNow,
    buttons: ({ activate, ignore }) =>
      actions.mayChange ? [activate, ignore].filter(({ hidden }) => !hidden) : [],
    open: actions.open,
  };
}

function create(actions: RowActions): Parts {
  const make = (tag: string, className: string): HTMLElement => {
    const element = document.createElement(tag);
    element.className = className;
    return element;
  };
  const button = (className: string, run: (row: Row) => void): HTMLButtonElement => {
    const made = make("button", `red-ui-button red-ui-button-small ${className}`) as HTMLButtonElement;
    made.type = "button";
    made.tabIndex = -1;
    made.hidden = true;
    made.addEventListener("click", () => parts.row && run(parts.row));
    return made;
  };
  const parts: Parts = {
    element: make("div", "tracker-row"),
    icon: make("i", ""),
    title: make("span", "tracker-row-title"),
    age: $("<time>"),
    detail: make("span", "tracker-row-detail"),
    ignition: make("span", "tracker-row-ignition"),
    speed: make("span", "tracker-row-speed"),
    activate: button("tracker-row-activate", actions.activate),
    ignore: button("", (row) => actions.ignore(row, row.status === "pending")),
    row: undefined,
  };
  parts.activate.textContent = text("action.activate");
  const cell = make("div", "tracker-row-cell");
  cell.setAttribute("role", "gridcell");
  const lines = make("div", "tracker-row-lines");
  const first = make("div", "tracker-row-line");
  first.append(parts.title, parts.age[0] as HTMLElement);
  const second = make("div", "tracker-row-line tracker-row-second");
  second.append(parts.detail, parts.ignition, parts.speed);
  if (actions.mayChange) second.append(parts.activate, parts.ignore);
  lines.append(first, second);
  cell.append(parts.icon, lines);
  parts.element.append(cell);
  return parts;
}

function fill(parts: Parts, row: Row, actions: RowActions): void {
  parts.row = row;
  const unknown = isUnknown(row);
  setStatusIcon(parts.icon, row.status, row.trouble);
  parts.element.classList.toggle("tracker-row-news", actions.isNews(row.imei));
  parts.element.classList.toggle("tracker-row-alarm", ringingOf(row) !== undefined);
  parts.element.classList.toggle(
    "tracker-row-inactive",
    ["registered", "deactivated", "ignored"].includes(row.status),
  );
  put(parts.title, titleOf(row));
  setAge(parts.age, row.lastSeen);
  put(parts.detail, detailOf(row));
  showNow(parts);
  parts.activate.hidden = !unknown && !isInactive(row);
  parts.ignore.hidden = !unknown;
  put(parts.ignore, text(row.status === "ignored" ? "action.unignore" : "action.ignore"));
}

/** What is true only now: without a message it goes away when it is older than the device's own timeout. */
function showNow(parts: Parts): void {
  const { row } = parts;
  if (row === undefined) return;
  const ignition = currentIgnition(row, Date.now());
  showIgnition(parts.ignition, ignition);
  put(parts.speed, isUnknown(row) || isInactive(row) ? "" : nowText(row));
  const isNews = parts.element.classList.contains("tracker-row-news");
  parts.element.setAttribute("aria-label", labelOf(row, isNews));
}

/** What stands below the title: all that tells devices apart and is not in the title. */
function detailOf(row: Row): string {
  if (isUnknown(row)) return unknownText(row);
  if (isInactive(row)) return statusText(row.status);
  const { name, plate, imei } = row;
  const rest = name === "" ? [imei] : [plate, imei];
  return rest.filter((part) => part !== "" && part !== titleOf(row)).join(" · ");
}

function unknownText({ count = 0, refusals = 0 }: Row): string {
  const messages = counted("row.messages", count);
  if (refusals === 0) return messages;
  const tried = counted("row.refusals", refusals);
  return count === 0 ? tried : `${messages} · ${tried}`;
}

/** How fast it is now; of a device that is not online its last speed would mislead, so how it is. Alarms and trouble come first. */
function nowText(row: Row): string {
  const { status, trouble } = row;
  const alarm = ringingOf(row);
  if (alarm !== undefined) return alarm.name;
  if (trouble !== undefined) return text(`row.${trouble}`);
  if (status !== "online") return statusText(status);
  const speed = currentSpeed(row, Date.now());
  return speed === null ? "" : `${numberText(speed, 0)} km/h`;
}

function showIgnition(element: HTMLElement, ignition: boolean | null): void {
  element.className = `tracker-row-ignition${ignition === null ? "" : ` fa fa-key${ignition ? " tracker-on" : ""}`}`;
  element.title = ignition === null ? "" : text(ignition ? "row.ignitionOn" : "row.ignitionOff");
}

function labelOf(row: Row, isNews: boolean): string {
  const { status, lastSeen } = row;
  const ignition = currentIgnition(row, Date.now());
  const parts = [titleOf(row), isNews ? text("row.news") : "", statusText(status), detailOf(row)];
  if (lastSeen !== null) parts.push(ageText(lastSeen, Date.now(), language()));
  if (ignition !== null) {
    parts.push(text(ignition ? "row.ignitionOn" : "row.ignitionOff"));
  }
  const alarm = ringingOf(row);
  if (alarm !== undefined) parts.push(`${text("row.alarm")}: ${alarm.name}`);
  else if (status === "online" || row.trouble !== undefined) parts.push(nowText(row));
  return parts.filter(Boolean).join(", ");
}

function put(element: HTMLElement, content: string): void {
  if (element.textContent === content) return;
  element.textContent = content;
}
