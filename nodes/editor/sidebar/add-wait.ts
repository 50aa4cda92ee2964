import type { SidebarDetails } from "../../../src/fleet/views";
import { button, iconButton } from "../kit/form";
import { red } from "../kit/red";
import { text } from "../kit/texts";
import type { AddState, AddStep } from "./add-state";
import { ageElement } from "./ages";
import { api } from "./api";
import { refusalText } from "./connection-lines";
import { mapLink } from "./place";

type Live = NonNullable<Extract<SidebarDetails, { kind: "device" }>["live"]>;

/** Last step: the device is active; its first message is waited for. */
export function waitStep(state: AddState, go: { another(): void; show(imei: string): void }): AddStep {
  const outcome = $("<div>", { class: "tracker-wait", role: "status", "aria-live": "polite" });
  const content = $("<div>").append(
    $("<p>", { class: "tracker-good" }).append(
      $("<i>", { class: "fa fa-check-circle", "aria-hidden": "true" }),
      $("<span>").text(text("add.wait.active", { name: state.name || state.imei })),
    ),
    state.password === "" ? $() : madePassword(state.password),
    outcome,
    $("<div>", { class: "tracker-device-buttons" }).append(
      button(text("add.wait.show"), "fa-arrow-right", () => go.show(state.imei)).addClass(
        "tracker-wait-show",
      ),
      button(text("add.wait.another"), "fa-plus", () => go.another()).addClass("tracker-wait-another"),
    ),
  );
  const progress = $("<span>").text(text("add.wait.waiting"));
  const refusal = $("<p>", { class: "tracker-wait-refused" }).hide();
  outcome.append(
    $("<p>").append($("<i>", { class: "fa fa-spinner fa-spin", "aria-hidden": "true" }), progress),
    refusal,
    $("<p>", { class: "tracker-hint" }).text(text("add.wait.help")),
  );

  let found = false;
  const look = async () => {
    const details = await api.details(state.registry, state.imei).catch(() => undefined);
    if (details?.kind !== "device" || found) return;
    const { live, connection, refused } = details;
    const heard = live && (live.time !== null || live.events.length > 0 || live.position !== null);
    if (!heard) {
      const isConnected = connection?.connected === true;
      progress.text(text(isConnected ? "add.wait.connected" : "add.wait.waiting"));
      refusal.toggle(refused !== null);
      if (refused !== null) refusal.text(`${text("add.wait.refused")} ${refusalText(refused)}`);
      return;
    }
    found = true;
    outcome.empty().append(arrived(live));
  };
  const stop = state.feed.onChange(({ concerns }) => {
    if (!found && concerns(state.imei)) void look();
  });
  void look();
  return {
    name: "wait",
    content,
    shown: (first) => {
      if (first) content.find(".tracker-wait-show").trigger("focus");
    },
    leave: async () => true,
    ended: stop,
  };
}

/** The one time that it is shown. */
function madePassword(password: string): JQuery {
  const copy = iconButton(text("add.wait.copyPassword"), "fa-copy", () =>
    red.clipboard.copyText(password, copy, "clipboard.copyMessageValue"),
  );
  return $("<div>", { class: "tracker-notice tracker-wait-password", role: "status" }).append(
    $("<span>").append(
      $("<span>").text(`${text("add.wait.password")} `),
      $("<code>").text(password),
      " ",
      copy,
      $("<br>"),
      $("<small>").text(text("add.wait.passwordHint")),
    ),
  );
}

function arrived(live: Live): JQuery {
  const parts = $("<div>").append(
    $("<p>", { class: "tracker-good tracker-first-message" }).append(
      $("<i>", { class: "fa fa-check-circle", "aria-hidden": "true" }),
      $("<span>").append(
        $("<span>").text(`${text("add.wait.first")} `),
        ageElement(live.firstSeen).attr("aria-live", "off"),
      ),
    ),
  );
  const { latitude, longitude } = live.position ?? {};
  if (typeof latitude === "number" && typeof longitude === "number") {
    const map = mapLink();
    map.show(latitude, longitude);
    parts.append($("<p>").append(map.element));
  } else parts.append($("<p>", { class: "tracker-hint" }).text(text("add.wait.noPosition")));
  return parts;
}
