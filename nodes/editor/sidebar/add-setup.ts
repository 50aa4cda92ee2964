import { type BuiltInBroker, withDefaults } from "../../../src/device-config/device-config";
import { setupSheet } from "../../../src/device-config/setup-sheet";
import type { SheetLine, SheetSection } from "../../../src/protocols/sheet";
import { brokerOf, brokerOfRegistry, runningBrokers } from "../kit/built-in-broker";
import {
  addDeviceConfig,
  type DeployedConfigNode,
  deploy,
  deviceConfigLogin,
  deviceConfigName,
  deviceConfigs,
  editDeviceConfig,
  type ShownLogin,
  savedConfig,
} from "../kit/device-configs";
import { say } from "../kit/dialog";
import { button, iconButton, setOptions } from "../kit/form";
import { storedPassword } from "../kit/password";
import { translate } from "../kit/red";
import { printSheet, renderSheet, wiring } from "../kit/sheet-view";
import { text } from "../kit/texts";
import { wrongFields } from "../kit/validate";
import type { AddState, AddStep } from "./add-state";

const NONE = "";
const NO_LOGIN: ShownLogin = { user: "", password: undefined };

/** Second step: what to type into the tracker. */
export function setupStep(state: AddState): AddStep {
  const select = $("<select>", { "aria-label": text("add.setup.deviceConfig") });
  const content = $("<div>");
  const sheet = $("<div>", { class: "tracker-add-sheet" });
  const undeployed = $("<div>", { class: "tracker-notice", role: "status" }).append(
    $("<span>").text(text("add.setup.undeployed")),
    button(text("action.deploy"), "fa-rocket", deploy),
  );
  const none = $("<p>", { class: "tracker-notice", role: "status" });
  const noHost = $("<div>", { class: "tracker-notice", role: "status" }).append(
    $("<span>").text(text("add.setup.noHost")),
    button(text("add.setup.enterHost"), "fa-pencil", () => editDeviceConfig(String(select.val()))),
  );
  const ownPassword = $("<p>", { class: "tracker-notice tracker-add-own-password", role: "status" })
    .text(text("add.setup.ownPassword"))
    .hide();
  const edit = iconButton(text("add.setup.edit"), "fa-pencil", () => editDeviceConfig(String(select.val())));
  const add = iconButton(text("add.setup.add"), "fa-plus", () => {
    known = new Set(deviceConfigs("", state.model.protocol).map(({ id }) => id));
    addDeviceConfig(state.model.protocol);
  });
  const tools = $("<div>", { class: "tracker-sheet-tools" });
  /** The device configs there were when "add" was pressed; one more is then the one to use. */
  let known: ReadonlySet<string> | undefined;
  let revealed = false;
  let login: ShownLogin = NO_LOGIN;
  let stored: string | undefined;
  let broker: BuiltInBroker | undefined;

  const current = (): DeployedConfigNode | undefined =>
    deviceConfigs(state.ownDeviceConfig, state.model.protocol).find(({ id }) => id === select.val());

  const configOf = (node: DeployedConfigNode) =>
    withDefaults(savedConfig(node), { user: login.user, password: login.password ?? stored ?? "" }, broker);
  /** The password as far as it is known without asking for it: typed, the platform's, or empty for none. */
  const knownPassword = (node: DeployedConfigNode): string | undefined =>
    login.password === undefined ? stored : configOf(node).password;
  const readPassword = async (node: DeployedConfigNode): Promise<string | undefined> => {
    try {
      if (knownPassword(node) === undefined) stored = await storedPassword(node.id);
      return knownPassword(node);
    } catch {
      say(translate("sheet.notDeployed"), "warning");
      return undefined;
    }
  };
  const shownPassword = (node: DeployedConfigNode): string | null => {
    const password = knownPassword(node);
    return password === "" || revealed ? (password ?? null) : null;
  };
  const sections = (node: DeployedConfigNode, password: string | null): SheetSection[] => {
    const saved = savedConfig(node);
    const { tool } = state.model;
    const shown = { name: deviceConfigName(node), password, wrong: wrongFields(saved), tool };
    return [...setupSheet(configOf(node), shown), ...wiring(saved)];
  };
  const copyText = async (node: DeployedConfigNode, line: SheetLine): Promise<string | undefined> => {
    if (!line.secret) return line.value;
    const password = await readPassword(node);
    if (password === undefined) return undefined;
    const lines = sections(node, password).flatMap((section) => section.lines);
    return lines.find(({ field }) => field === line.field)?.value;
  };
  const draw = () => {
    const node = current();
    none
      .toggle(node === undefined)
      .text(text(select.children().length > 1 ? "add.setup.without" : "add.setup.none"));
    undeployed.toggle(node?.changed === true);
    noHost.toggle(node !== undefined && configOf(node).host === "");
    edit.prop("disabled", node === undefined);
    tools.toggle(node !== undefined);
    sheet.empty();
    if (node === undefined) return;
    sheet.append(renderSheet(sections(node, shownPassword(node)), (line) => copyText(node, line)));
    showButton.toggle(knownPassword(node) !== "");
    showButton.find("span").text(` ${translate(revealed ? "sheet.hide" : "sheet.show")}`);
  };
  const showButton = button(translate("sheet.show"), "fa-eye", async () => {
    const node = current();
    revealed = !revealed && node !== undefined && (await readPassword(node)) !== undefined;
    draw();
  });
  const printButton = button(translate("sheet.print"), "fa-print", () => {
    const node = current();
    if (node !== undefined) printSheet(deviceConfigName(node), sections(node, shownPassword(node)));
  });
  tools.append(showButton, printButton);

  const chosen = async () => {
    const node = current();
    state.deviceConfig = node?.id ?? NONE;
    revealed = false;
    stored = undefined;
    login = NO_LOGIN;
    draw();
    if (node === undefined) return;
    const found = await deviceConfigLogin(node);
    if (current() !== node) return;
    login = found;
    draw();
  };
  const findBroker = async () => {
    const running = await runningBrokers();
    broker = brokerOf(running, state.registry);
    ownPassword.toggle(brokerOfRegistry(running, state.registry) !== undefined);
    draw();
  };
  const refresh = () => {
    const found = deviceConfigs(state.ownDeviceConfig, state.model.protocol);
    const added = known && found.find(({ id }) => !known?.has(id));
    known = undefined;
    setOptions(select, [
      ...found.map((node) => ({ value: node.id, text: deviceConfigName(node) })),
      { value: NONE, text: text("add.setup.withoutOption") },
    ]);
    if (added !== undefined) {
      state.deviceConfig = added.id;
      state.deviceConfigChosen = true;
    }
    const mayStay = state.deviceConfig === NONE || found.some(({ id }) => id === state.deviceConfig);
    select.val(state.deviceConfigChosen && mayStay ? state.deviceConfig : (found[0]?.id ?? NONE));
    void chosen();
  };
  select.on("change", () => {
    state.deviceConfigChosen = true;
    void chosen();
  });

  content.append(
    $("<p>").text(text("add.setup.text")),
    $("<div>", { class: "tracker-device-config-row" }).append(select, edit, add),
    none,
    noHost,
    undeployed,
    ownPassword,
    sheet,
    tools,
  );
  return {
    name: "setup",
    next: text("action.next"),
    content,
    shown: (first) => {
      refresh();
      void findBroker();
      if (first) select.trigger("focus");
    },
    leave: async () => true,
    deployed: () => void findBroker(),
  };
}
