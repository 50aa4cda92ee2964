import type { Command } from "../../../src/commands/command";
import type { SidebarDetails } from "../../../src/fleet/views";
import { deviceConfig, deviceConfigName, editDeviceConfig } from "../kit/device-configs";
import { button, iconButton } from "../kit/form";
import { red } from "../kit/red";
import { numberText, problemText, text } from "../kit/texts";
import { ageElement } from "./ages";
import { asProblem, api as server } from "./api";
import { AttributeTable } from "./attributes";
import { CommandRowsView } from "./command-rows";
import { connectionLines } from "./connection-lines";
import { DayView } from "./day-view";
import { byText, countersElement, fillFacts, journalElement, list, section } from "./device-parts";
import { eventElement } from "./event-view";
import type { Feed } from "./feed";
import { hardwareOf } from "./hardware";
import { OutputRows } from "./output-rows";
import { PlaceView } from "./place-view";
import { titleOf } from "./rows";
import { smallMap } from "./small-map";
import { statusElement } from "./status";
import { askToSwitch, outputName } from "./switch-question";
import { abilityOf, durationOf, type Order, type SwitchedOutput, switchedOutputs } from "./switching";
import { type Trial, trialOf } from "./trial";
import { goOn } from "./trial-view";

type DeviceDetails = Extract<SidebarDetails, { kind: "device" }>;
type PendingDetails = Extract<SidebarDetails, { kind: "pending" }>;

export interface DeviceActions {
  readonly mayChange: boolean;
  back(): void;
  edit(details: DeviceDetails): void;
  activate(imei: string): void;
  deactivate(imei: string): void;
  ignore(imei: string, ignored: boolean): void;
  remove(details: DeviceDetails): void;
  /** Resolves with whether it was taken; `name` is that of the output. */
  switchOutput(order: Order, name: string): Promise<boolean>;
  cancelCommand(command: Command): Promise<void>;
}

/** Everything about one device or one unknown sender; follows what comes in. */
export class DevicePage {
  readonly element = $("<div>", { class: "tracker-page tracker-device-page", role: "region" });
  private readonly title = $("<h3>", { class: "tracker-device-title", tabindex: -1 });
  private readonly state = $("<div>", { class: "tracker-device-state" });
  private readonly buttons = $("<div>", { class: "tracker-device-buttons" });
  private readonly message = $("<div>", { class: "tracker-notice", role: "status" });
  private readonly facts = section("facts");
  private readonly place = section("place");
  private readonly day = section("day");
  private readonly connection = section("connection");
  private readonly outputs = section("outputs");
  private readonly commands = section("commands");
  private readonly values = section("values");
  private readonly events = section("events");
  private readonly counters = section("counters");
  private readonly journal = section("journal");
  private readonly outputRows = new OutputRows({
    run: (wanted, output) => this.switchOutput(wanted, output),
    tryOut: (output, trial) => this.tryOutput(output, trial),
  });
  private readonly commandRows: CommandRowsView;
  private readonly table = new AttributeTable();
  private readonly dayView: DayView;
  private readonly placeView = new PlaceView();
  private readonly smallMap: JQuery;
  private readonly drawn = new Map<string, string>();
  private readonly stop: () => void;
  private details: SidebarDetails | undefined;
  private asking = false;
  private again = false;
  private over = false;

  constructor(
    private readonly feed: Feed,
    private readonly registry: string,
    readonly imei: string,
    private readonly actions: DeviceActions,
  ) {
    const back = iconButton(text("action.back"), "fa-chevron-left", () => actions.back());
    const cancel = async (command: Command) => {
      await actions.cancelCommand(command);
      await this.refresh();
    };
    this.commandRows = new CommandRowsView(text("section.commands"), cancel, byText);
    this.dayView = new DayView(registry, imei, actions.mayChange);
    this.day.body.append(this.dayView.element);
    this.outputs.body.append(this.outputRows.element);
    this.commands.body.append(this.commandRows.element);
    this.values.body.append(this.table.element);
    this.smallMap = smallMap(registry, imei);
    this.place.body.append(this.placeView.element, this.smallMap);
    const sections = [
      this.facts,
      this.place,
      this.day,
      this.connection,
      this.outputs,
      this.commands,
      this.values,
      this.events,
      this.counters,
      this.journal,
    ];
    const scroll = $("<div>", { class: "tracker-device-scroll", tabindex: 0 }).append(
      this.state,
      this.buttons,
      this.message.hide(),
      ...sections.map(({ element }) => element.hide()),
    );
    this.element.append(
      $("<div>", { class: "tracker-toolbar" }).append(back.addClass("tracker-back"), this.title),
      scroll,
    );
    this.element.on("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      actions.back();
    });
    this.title.text(titleOf(feed.rows.get(imei) ?? { name: "", plate: "", imei }));
    this.stop = feed.onChange(({ concerns }) => {
      if (concerns(imei)) void this.refresh();
    });
    void this.refresh();
  }

  focus(): void {
    this.title.trigger("focus");
  }

  close(): void {
    this.over = true;
    this.stop();
    this.dayView.close();
    this.element.remove();
  }

  async refresh(): Promise<void> {
    this.again = true;
    if (this.asking) return;
    this.asking = true;
    while (this.again && !this.over) {
      this.again = false;
      await this.ask();
    }
    this.asking = false;
  }

  private async ask(): Promise<void> {
    try {
      const details = await server.details(this.registry, this.imei);
      if (this.over) return;
      this.details = details;
      this.message.hide();
      if (details.kind === "device") this.showDevice(details);
      else this.showPending(details);
    } catch (error) {
      if (this.over) return;
      const problem = asProblem(error);
      const gone = problem.code === "DEVICE_UNKNOWN";
      this.message.show().text(gone ? text("device.gone") : problemText(problem));
      if (gone) this.buttons.hide();
    }
  }

  private showDevice(details: DeviceDetails): void {
    const { device, status, live } = details;
    const trouble = details.refused !== null ? "refused" : details.denied !== null ? "denied" : undefined;
    this.title.text(titleOf({ ...device, plate: device.vehicle.plate }));
    this.redraw("state", [status, live?.lastSeen, trouble], () =>
      this.state
        .empty()
        .append(statusElement(status, trouble), live === null ? $() : ageElement(live.lastSeen)),
    );
    this.redraw("buttons", [details.kind, device.state], () => this.showDeviceButtons(device.state));
    // The map has active devices alone.
    this.smallMap.toggle(device.state === "active");
    const hardware = hardwareOf(live?.attributes ?? []);
    this.redraw("facts", [device, this.feed.registry?.deviceConfig, hardware], () =>
      this.showFacts(device, hardware),
    );
    this.place.element.toggle(this.placeView.show(live?.position ?? null));
    this.showConnection(details.connection, details.refused, details.denied);
    this.showDay(details);
    this.showOutputs(details);
    this.showValues(details);
    this.redraw("events", live?.events ?? [], () => this.showEvents(live?.events ?? []));
    this.redraw("counters", [live?.counters, live?.firstSeen], () => this.showCounters(live));
    this.redraw("journal", details.journal, () => this.showJournal(details.journal));
  }

  private showPending({ status, pending }: PendingDetails): void {
    this.title.text(pending.imei);
    this.smallMap.hide();
    this.redraw("state", [status, pending.lastSeen], () =>
      this.state.empty().append(statusElement(status), ageElement(pending.lastSeen)),
    );
    this.redraw("buttons", ["pending", status], () => this.showPendingButtons(status === "ignored"));
    this.redraw("facts", pending, () => {
      fillFacts(this.facts.body, [
        ["imei", pending.imei],
        ["messages", numberText(pending.count)],
        ["firstSeen", ageElement(pending.firstSeen)],
        ["topic", pending.topic],
        ["protocol", pending.protocol],
      ]);
      const hint = pending.count > 0 ? "device.unknownHint" : "device.refusedHint";
      this.facts.body.prepend($("<p>", { class: "tracker-hint" }).text(text(hint)));
      this.facts.element.show();
    });
    this.place.element.toggle(this.placeView.show(pending.position));
    this.showConnection(null, pending.refused ?? null, null);
    const others = [
      this.day,
      this.outputs,
      this.commands,
      this.values,
      this.events,
      this.counters,
      this.journal,
    ];
    for (const { element } of others) element.hide();
  }

  /** Draws a part anew only where what it shows is different, so that focus and selection stay. */
  private redraw(part: string, content: unknown, draw: () => void): void {
    const now = JSON.stringify(content) ?? "";
    if (this.drawn.get(part) === now) return;
    this.drawn.set(part, now);
    draw();
  }

  private showButtons(buttons: readonly JQuery[]): void {
    const hadFocus = this.buttons.find(":focus").length > 0;
    this.buttons
      .empty()
      .toggle(this.actions.mayChange)
      .append(...buttons);
    if (hadFocus) this.buttons.find("button").first().trigger("focus");
  }

  private showDeviceButtons(state: string): void {
    const { actions, imei } = this;
    const isActive = state === "active";
    const activateButton = button(text("action.activate"), "", () => actions.activate(imei)).addClass(
      "primary",
    );
    const edit = button(text("action.edit"), "", () => this.withDevice(actions.edit)).addClass(
      "tracker-edit",
    );
    const deactivate = button(text("action.deactivate"), "", () => actions.deactivate(imei));
    deactivate.addClass("tracker-deactivate");
    const remove = button(text("action.remove"), "", () => this.withDevice(actions.remove));
    remove.addClass("tracker-remove");
    this.showButtons(isActive ? [edit, deactivate, remove] : [activateButton, edit, remove]);
  }

  private showPendingButtons(ignored: boolean): void {
    const { actions, imei } = this;
    this.showButtons([
      button(text("action.activate"), "", () => actions.activate(imei)).addClass("primary"),
      button(text(ignored ? "action.unignore" : "action.ignore"), "", () => actions.ignore(imei, !ignored)),
    ]);
  }

  private withDevice(run: (details: DeviceDetails) => void): void {
    if (this.details?.kind === "device") run(this.details);
  }

  private showFacts(device: DeviceDetails["device"], hardware: string | number | undefined): void {
    const { vehicle, group, tags, driver, notes, imei } = device;
    const copy = iconButton(text("action.copy"), "fa-copy", () =>
      red.clipboard.copyText(imei, copy, "clipboard.copyMessageValue"),
    );
    fillFacts(this.facts.body, [
      ["imei", $("<span>").append($("<span>", { class: "tracker-digits" }).text(imei), " ", copy)],
      ["name", device.name],
      ["plate", vehicle.plate],
      ["vin", vehicle.vin],
      ["group", group],
      ["driver", driver],
      ["tags", tags.join(", ")],
      ["deviceConfig", this.deviceConfigText(device.deviceConfig)],
      [
        "model",
        typeof hardware === "number" ? text("device.hardwareType", { number: hardware }) : (hardware ?? ""),
      ],
      ["notes", notes],
      ["registered", ageElement(device.registeredAt)],
    ]);
    this.facts.element.show();
  }

  private deviceConfigText(id: string): string {
    const used = id || this.feed.registry?.deviceConfig || "";
    if (used === "") return "";
    const node = deviceConfig(used);
    const name = node === undefined ? text("device.deviceConfigMissing") : deviceConfigName(node);
    return id === "" ? text("device.deviceConfigOfRegistry", { name }) : name;
  }

  private showConnection(...shown: Parameters<typeof connectionLines>): void {
    this.connection.element.toggle(shown.some((part) => part !== null));
    const [, refused] = shown;
    const setPassword = () =>
      button(text("action.setPassword"), "fa-key", () =>
        this.withDevice((details) => this.setPassword(details)),
      );
    this.redraw("connection", shown, () =>
      this.connection.body
        .empty()
        .append(connectionLines(...shown), refused?.reason === "PASSWORD_UNSET" ? setPassword() : $()),
    );
  }

  /** For all devices of its kind, or for this one where no device config describes it. */
  private setPassword(details: DeviceDetails): void {
    const id = this.deviceConfigId(details.device);
    if (deviceConfig(id) === undefined) this.actions.edit(details);
    else editDeviceConfig(id);
  }

  private showOutputs({ device, live, commands, canSwitch }: DeviceDetails): void {
    const { mayChange } = this.actions;
    const config = deviceConfig(this.deviceConfigId(device));
    const outputs = switchedOutputs(config, live?.attributes ?? []);
    this.outputs.element.toggle(outputs.length > 0);
    const ability = abilityOf({ mayChange, state: device.state, config, canSwitch });
    this.outputRows.show(outputs, durationOf(config), ability, (output) => trialOf(output, commands));
    this.commands.element.toggle(commands.length > 0);
    this.commandRows.show(commands, config?.outputNames ?? [], mayChange);
  }

  private async switchOutput(wanted: Omit<Order, "imei">, output: SwitchedOutput): Promise<boolean> {
    const { details, imei } = this;
    if (details?.kind !== "device") return false;
    const order = { imei, ...wanted };
    if (!(await askToSwitch(order, output, details, this.deviceConfigId(details.device)))) return false;
    const wasTaken = await this.actions.switchOutput(order, outputName(output));
    await this.refresh();
    return wasTaken;
  }

  private async tryOutput(output: SwitchedOutput, trial: Trial): Promise<void> {
    const { details, imei, actions } = this;
    if (details?.kind !== "device") return;
    await goOn(trial, output, this.title.text(), this.deviceConfigId(details.device), (order) =>
      actions.switchOutput({ imei, ...order }, outputName(output)),
    );
    await this.refresh();
  }

  /** The device config that counts for a device; may be empty. */
  private deviceConfigId({ deviceConfig: own }: DeviceDetails["device"]): string {
    return own || this.feed.registry?.deviceConfig || "";
  }

  private showValues({ device, live }: DeviceDetails): void {
    const attributes = live?.attributes ?? [];
    this.values.element.toggle(attributes.length > 0);
    this.table.show(attributes, deviceConfig(this.deviceConfigId(device)));
  }

  private showDay({ device, live }: DeviceDetails): void {
    const { registry } = this.feed;
    this.day.element.toggle(live !== null);
    if (live === null || registry === undefined) return;
    const config = deviceConfig(this.deviceConfigId(device));
    this.dayView.show({ live, config, timeZone: registry.timeZone, isBrief: registry.kind === "memory" });
  }

  private showEvents(events: NonNullable<DeviceDetails["live"]>["events"]): void {
    this.events.element.toggle(events.length > 0);
    this.events.body
      .empty()
      .append(list(events.map((event) => ({ label: eventElement(event), time: event.time }))));
  }

  private showCounters(live: DeviceDetails["live"]): void {
    this.counters.element.toggle(live !== null);
    if (live === null) return;
    this.counters.body.empty().append(countersElement(live));
  }

  private showJournal(journal: DeviceDetails["journal"]): void {
    this.journal.element.toggle(journal.length > 0);
    this.journal.body.empty().append(journalElement(journal));
  }
}
