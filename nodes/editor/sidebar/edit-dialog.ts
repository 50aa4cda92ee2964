import type { SidebarDetails } from "../../../src/fleet/views";
import { deviceConfigName, deviceConfigs } from "../kit/device-configs";
import { busyWhile, openDialog, say } from "../kit/dialog";
import { button, type Field, field, setOptions } from "../kit/form";
import { problemText, text } from "../kit/texts";
import { api, asProblem } from "./api";
import type { Feed } from "./feed";

type DeviceDetails = Extract<SidebarDetails, { kind: "device" }>;

const FIELDS = ["name", "plate", "vin", "group", "driver", "tags", "deviceConfig", "notes"] as const;
type FieldName = (typeof FIELDS)[number];

/** A select of the device configs, the registry's own first. */
export function deviceConfigSelect(own: string, chosen: string): JQuery {
  const select = $("<select>");
  const ownNode = deviceConfigs(own).find(({ id }) => id === own);
  const options = [
    {
      value: "",
      text: ownNode
        ? text("device.deviceConfigOfRegistry", { name: deviceConfigName(ownNode) })
        : text("edit.noDeviceConfig"),
    },
    ...deviceConfigs(own).map((node) => ({ value: node.id, text: deviceConfigName(node) })),
  ];
  const known = options.some(({ value }) => value === chosen);
  setOptions(
    select,
    known ? options : [...options, { value: chosen, text: text("device.deviceConfigMissing") }],
  );
  return select.val(chosen);
}

/** An input that suggests the groups there are. */
export function groupInput(groups: readonly string[]): JQuery {
  const id = `tracker-groups-${Date.now()}`;
  const suggestions = $("<datalist>", { id });
  for (const group of groups) $("<option>", { value: group }).appendTo(suggestions);
  $("#red-ui-editor").find("datalist.tracker-groups").remove();
  suggestions.addClass("tracker-groups").appendTo("#red-ui-editor");
  return $("<input>", { type: "text", list: id });
}

/** A button that gives a device a password that the registry makes, and shows it once. */
function ownPassword(registry: string, feed: Feed, imei: string): JQuery {
  const shown = $("<p>", { class: "tracker-hint", role: "status", "aria-live": "polite" });
  const make = button(text("edit.makePassword"), "fa-key", () => {
    busyWhile(make, () => api.update(registry, { imei, password: true }))
      .then(({ password = "" }) => {
        shown.text(text("edit.madePassword", { password }));
        feed.refresh();
      })
      .catch((error) => shown.text(problemText(asProblem(error))));
  });
  return $("<div>", { class: "tracker-field" }).append(make, shown);
}

/** The dialog with all that a person can enter about a device. */
export function editDevice(registry: string, feed: Feed, { device }: DeviceDetails): void {
  const before: Readonly<Record<FieldName, string>> = {
    name: device.name,
    plate: device.vehicle.plate,
    vin: device.vehicle.vin,
    group: device.group,
    driver: device.driver,
    tags: device.tags.join(", "),
    notes: device.notes,
    deviceConfig: device.deviceConfig,
  };
  const inputs: Partial<Record<FieldName, JQuery>> = {
    group: groupInput(feed.rows.groups()),
    notes: $("<textarea>", { rows: 4 }),
    deviceConfig: deviceConfigSelect(feed.registry?.deviceConfig ?? "", device.deviceConfig),
  };
  const fields = Object.fromEntries(
    FIELDS.map((name) => {
      const input = inputs[name];
      const hint = name === "tags" ? text("edit.tagsHint") : "";
      return [name, field(text(`field.${name}`), { ...(input ? { input } : {}), value: before[name], hint })];
    }),
  ) as Record<FieldName, Field>;
  const failure = $("<div>", { class: "tracker-failure", role: "alert" });

  let dialogClose = () => {};
  let saveButton = () => $();
  openDialog({
    title: text("edit.title"),
    name: "edit",
    buttons: [
      { id: "cancel", text: text("action.cancel"), click: () => dialogClose() },
      { id: "save", text: text("action.save"), primary: true, click: () => void save() },
    ],
    build: (dialog) => {
      dialogClose = dialog.close;
      saveButton = () => dialog.button("save");
      const form = $("<form>").append(
        $("<p>", { class: "tracker-hint" }).text(`IMEI ${device.imei}`),
        ...Object.values(fields).map(({ row }) => row),
        ownPassword(registry, feed, device.imei),
        failure,
      );
      form.on("submit", (event) => event.preventDefault());
      form.on("keydown", "input, select", (event) => {
        if (event.key !== "Enter") return;
        event.stopPropagation();
        void save();
      });
      dialog.body.append(form);
    },
    shown: () => fields.name.input.trigger("focus"),
  });

  async function save(): Promise<void> {
    for (const { setError } of Object.values(fields)) setError("");
    failure.text("");
    const changed = Object.fromEntries(
      (Object.keys(fields) as FieldName[])
        .map((name) => [name, fields[name].value()] as const)
        .filter(([name, value]) => value !== before[name]),
    );
    try {
      if (Object.keys(changed).length > 0) {
        await busyWhile(saveButton(), () => api.update(registry, { imei: device.imei, ...changed }));
        feed.refresh();
        say(text("edit.saved"));
      }
      dialogClose();
    } catch (error) {
      const problem = asProblem(error);
      const at = fields[problem.path as FieldName] as Field | undefined;
      if (at === undefined) failure.text(problemText(problem));
      else {
        at.setError(problemText(problem));
        at.input.trigger("focus");
      }
    }
  }
}
