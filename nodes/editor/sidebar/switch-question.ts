import type { SidebarDetails } from "../../../src/fleet/views";
import { deviceConfig } from "../kit/device-configs";
import { confirm } from "../kit/dialog";
import { numberText, text } from "../kit/texts";
import { ageElement } from "./ages";
import { titleOf } from "./rows";
import { effectOf, limitsOf, type Order, type SwitchedOutput } from "./switching";

type DeviceDetails = Extract<SidebarDetails, { kind: "device" }>;

/** How an output is called: what is wired to it, else as the maker calls it. */
export function outputName({ number, name }: Pick<SwitchedOutput, "number" | "name">): string {
  return name || `OUT${number}`;
}

/** What a command does with an output, short: "on for 5 s". */
export function deedText({ state, duration }: Pick<Order, "state" | "duration">): string {
  const value = text(state === "on" ? "value.on" : "value.off");
  return duration === null
    ? value
    : text("switch.deedTimed", { state: value, seconds: numberText(duration, 2) });
}

/** Says what would happen to which vehicle, and asks. */
export function askToSwitch(
  order: Order,
  output: SwitchedOutput,
  details: DeviceDetails,
  deviceConfigId: string,
): Promise<boolean> {
  const { device, status, live, connection } = details;
  const { state, mode, duration } = order;
  const config = deviceConfig(deviceConfigId);
  const names = { output: outputName(output), vehicle: titleOf({ ...device, plate: device.vehicle.plate }) };
  const question = $("<div>", { class: "tracker-question" }).append(
    $("<p>").append(
      $("<strong>").text(text(state === "on" ? "switch.questionOn" : "switch.questionOff", names)),
    ),
    $("<p>").text(
      text(`switch.${mode}.${state}`, { output: names.output, seconds: numberText(duration ?? 0, 2) }),
    ),
  );
  const effect = effectOf(order, output.stops);
  if (effect !== "nothing") question.append(dangerText(effect, config), lastKnown(live));
  const isKept = config?.delivery === "wait";
  if (connection?.listening === false) {
    question.append($("<p>").text(text(isKept ? "switch.awayWait" : "switch.awayNow")));
  } else if (status !== "online") {
    question.append($("<p>").text(text(isKept ? "switch.offlineWait" : "switch.offlineNow")));
  }
  const labels = [names.vehicle, device.vehicle.plate, `IMEI ${device.imei}`, `OUT${output.number}`];
  const known = [...new Set(labels)].filter((label) => label !== "" && label !== device.imei);
  question.append($("<p>", { class: "tracker-hint" }).text(known.join(" · ")));
  const yes = text(state === "on" ? "action.switchOn" : "action.switchOff");
  return confirm(question, { no: text("action.cancel"), yes });
}

function dangerText(effect: "stops" | "stopsAfter", config: ReturnType<typeof deviceConfig>): JQuery {
  const limits = limitsOf(config);
  const isHeld = config?.interlock?.whenUnsafe === "hold";
  const condition =
    limits === undefined
      ? text("switch.onlyWhile.unknown")
      : text(limits.ignitionOff ? "switch.onlyWhile.ignition" : "switch.onlyWhile.stands", {
          speed: numberText(limits.speed),
          seconds: numberText(limits.seconds),
        });
  return $("<p>", { class: "tracker-danger" }).append(
    $("<i>", { class: "fa fa-exclamation-triangle", "aria-hidden": "true" }),
    $("<span>").append(
      $("<strong>").text(text(`switch.${effect}`)),
      ` ${condition} ${text(isHeld ? "switch.elseHeld" : "switch.elseRefused")}`,
    ),
  );
}

/** Who stops a vehicle should see how it was doing. */
function lastKnown(live: DeviceDetails["live"]): JQuery {
  const position = live?.position;
  if (!position) return $("<p>").text(text("switch.noPosition"));
  const speed = text("switch.lastSpeed", { speed: numberText(position.speed ?? 0, 0) });
  return $("<p>").append($("<span>").text(`${speed} `), ageElement(position.time));
}
