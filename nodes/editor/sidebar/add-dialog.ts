import { busyWhile, type Dialog, openDialog } from "../kit/dialog";
import { red } from "../kit/red";
import { text } from "../kit/texts";
import { deviceStep } from "./add-device";
import { modelStep } from "./add-model";
import { setupStep } from "./add-setup";
import type { AddState, AddStep } from "./add-state";
import { waitStep } from "./add-wait";
import type { Feed } from "./feed";
import { OFFERED_MODELS, type OfferedModel } from "./models";

const STEPS = ["model", "setup", "device", "wait"] as const;

/** The guided dialog to add a device, from its model to its first message. */
export function addDevice(registry: string, feed: Feed, show: (imei: string) => void): void {
  const state: AddState = {
    registry,
    feed,
    ownDeviceConfig: feed.registry?.deviceConfig ?? "",
    model: OFFERED_MODELS[0] as OfferedModel,
    deviceConfig: "",
    deviceConfigChosen: false,
    imei: "",
    name: "",
    password: "",
  };
  const make: Readonly<Record<AddStep["name"], () => AddStep>> = {
    model: () => modelStep(state),
    setup: () => setupStep(state),
    device: () => deviceStep(state),
    wait: () =>
      waitStep(state, {
        another: () => start("device"),
        show: (imei) => {
          dialog?.close();
          show(imei);
        },
      }),
  };
  /** Steps that were made stay as they were left, until a device was added. */
  const made = new Map<AddStep["name"], AddStep>();
  const trail = $("<ol>", { class: "tracker-steps" });
  const place = $("<div>", { class: "tracker-step" });
  let dialog: Dialog | undefined;
  let current: AddStep | undefined;
  let leaving = false;
  let onScreen = false;

  const start = (name: AddStep["name"]) => {
    if (name === "wait" || current?.name === "wait") {
      made.get("wait")?.ended?.();
      made.delete("wait");
      if (name === "device") made.delete("device");
    }
    const step = made.get(name) ?? make[name]();
    made.set(name, step);
    current = step;
    place.children().detach();
    place.append(step.content);
    drawFrame(step);
    if (onScreen) step.shown(true);
  };
  const drawFrame = (step: AddStep) => {
    trail.empty();
    for (const name of STEPS) {
      $("<li>")
        .text(text(`add.${name}.title`))
        .toggleClass("tracker-step-done", STEPS.indexOf(name) < STEPS.indexOf(step.name))
        .attr(name === step.name ? { "aria-current": "step" } : {})
        .appendTo(trail);
    }
    const last = step.next === undefined;
    dialog?.button("cancel").text(text(last ? "action.close" : "action.cancel"));
    dialog?.button("back").toggle(step.name !== "model" && !last);
    dialog
      ?.button("next")
      .toggle(!last)
      .text(step.next ?? "");
  };
  const back = () => {
    const before = STEPS[STEPS.indexOf(current?.name ?? "model") - 1];
    if (before !== undefined && !leaving) start(before);
  };
  const next = async () => {
    const step = current;
    const after = STEPS[STEPS.indexOf(step?.name ?? "wait") + 1];
    if (step === undefined || dialog === undefined || after === undefined || leaving) return;
    leaving = true;
    const mayLeave = await busyWhile(dialog.button("next"), () => step.leave());
    leaving = false;
    // The device is added, so that nothing entered can be lost.
    if (mayLeave && after === "wait") dialog.saved();
    if (mayLeave && onScreen) start(after);
  };
  const deployed = () => current?.deployed?.();

  const unwatch = feed.watch();
  red.events.on("deploy", deployed);
  openDialog({
    title: text("add.title"),
    name: "add",
    buttons: [
      { id: "cancel", text: text("action.cancel"), click: () => dialog?.close() },
      { id: "back", text: text("action.back"), click: back },
      { id: "next", text: text("action.next"), primary: true, click: () => void next() },
    ],
    build: (opened) => {
      dialog = opened;
      opened.body.append(trail, place);
      opened.body.on("keydown", "input, select", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        // Node-RED's own keys look at where it was pressed, which may be gone by then.
        event.stopPropagation();
        void next();
      });
      start("model");
    },
    shown: () => {
      const first = !onScreen;
      onScreen = true;
      current?.shown(first);
    },
    closed: () => {
      onScreen = false;
      red.events.off("deploy", deployed);
      for (const step of made.values()) step.ended?.();
      unwatch();
    },
  });
}
