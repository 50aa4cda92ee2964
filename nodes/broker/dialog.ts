import { isEnvironment, red, translate } from "../editor/kit/red";
import { unsetPassword, unsetPasswordNow } from "../editor/kit/unset-password";
import { checkRegistry as isRegistry } from "../editor/kit/validate";

interface SavedUser {
  readonly user: string;
  readonly role: string;
  /** From 1: where its password is among the credentials. */
  readonly slot: number;
}

interface BrokerNode {
  services?: readonly SavedUser[];
  credentials?: Readonly<Record<string, unknown>>;
  _(key: string): string;
}

/** As many as there are slots for their passwords. */
export const MAX_USERS = 8;
const LIST = "#tracker-broker-services";

const hidden = (slot: number): JQuery => $(`#node-input-password${slot}`);

/** Fills the list of service users, each with the password that its slot has. */
export function prepare(node: BrokerNode): void {
  const list = $(LIST);
  const add = $("#tracker-broker-add-user");
  const refresh = () => add.prop("disabled", rows().length >= MAX_USERS);
  list.editableList<Partial<SavedUser>>({
    removable: true,
    addButton: false,
    height: "auto",
    addItem: (row, _index, saved) => addRow(node, row, saved),
    removeItem: refresh,
  });
  for (const saved of node.services ?? []) list.editableList("addItem", saved);
  add.on("click", () => {
    list.editableList("addItem", { slot: freeSlot() });
    refresh();
    rows().at(-1)?.find("input").first().trigger("focus");
  });
  refresh();
  followPassword();
}

let unfollow: (() => void) | undefined;

/** Says that no device can log in because nobody has set a password, until somebody has. */
function followPassword(): void {
  const tip = $("#tracker-no-password");
  const look = async () => {
    const found = await unsetPassword($("#node-input-registry").val());
    tip
      .toggle(found !== undefined)
      .children("span")
      .text(found?.sentence ?? "");
    tip.children("button").off("click");
    tip.children("button").on("click", () => {
      if (found !== undefined) red.editor.editConfig("", "tracker-device-config", found.id, "");
    });
  };
  const again = () => void look();
  $("#node-input-registry").on("change", again);
  red.events.on("nodes:change", again);
  unfollow = () => red.events.off("nodes:change", again);
  again();
}

export function close(): void {
  unfollow?.();
  unfollow = undefined;
}

/** A broker needs a registry, and devices that can log in. */
export function checkBrokerRegistry(id: unknown): true | string {
  const has = isRegistry(id);
  return has === true ? (unsetPasswordNow(id) ?? true) : has;
}

/** Takes the list into the node and its credentials. */
export function save(node: BrokerNode): void {
  const users = rows().map((row) => ({
    ...readRow(row),
    password: String(row.find(".tracker-password").val()),
  }));
  for (let slot = 1; slot <= MAX_USERS; slot++) {
    hidden(slot).val(users.find((user) => user.slot === slot)?.password ?? "");
  }
  node.services = users.map(({ user, role, slot }) => ({ user, role, slot }));
}

/** Every service user needs a name of its own and a password. */
export function checkServices(value: unknown, node: Pick<BrokerNode, "credentials">): true | string {
  const users = Array.isArray(value) ? (value as SavedUser[]) : [];
  const names = users.map(({ user }) => user);
  if (names.includes("")) return translate("error.SERVICE_NAME");
  if (new Set(names).size < names.length) return translate("error.SERVICE_TWICE");
  // The editor has the credentials of a deployed node only once its dialog was open.
  const { credentials } = node;
  const has = (slot: number) =>
    credentials === undefined ||
    Boolean(credentials[`has_password${slot}`] || credentials[`password${slot}`]);
  return users.every(({ slot }) => has(slot)) || translate("error.SERVICE_PASSWORD");
}

/** An address to listen on. */
export function checkAddress(value: unknown, node: { readonly bind?: string }): true | string {
  const text = String(value ?? "").trim();
  if (node.bind !== "address" || isEnvironment(text)) return true;
  return /^[\w.:-]+$/.test(text) || translate("error.HOST");
}

function rows(): JQuery[] {
  return $(LIST)
    .editableList("items")
    .get()
    .map((item) => $(item));
}

function readRow(row: JQuery): SavedUser {
  const { slot } = row.data("data") as SavedUser;
  return {
    user: String(row.find(".tracker-user").val()).trim(),
    role: String(row.find("select").val()),
    slot,
  };
}

function freeSlot(): number {
  const taken = new Set(rows().map((row) => readRow(row).slot));
  return Array.from({ length: MAX_USERS }, (_, index) => index + 1).find((slot) => !taken.has(slot)) ?? 0;
}

function addRow(
  node: BrokerNode,
  row: JQuery,
  { user = "", role = "full", slot = 0 }: Partial<SavedUser>,
): void {
  const text = (key: string) => node._(`broker.${key}`);
  const input = (type: string, name: string, value: unknown) =>
    $("<input>", { type, class: name, placeholder: text(`service.${name.replace("tracker-", "")}`) })
      .attr("aria-label", text(`service.${name.replace("tracker-", "")}`))
      .attr("autocomplete", "new-password")
      .val(String(value ?? ""));
  const choice = $("<select>").attr("aria-label", text("service.role"));
  for (const one of ["full", "read"])
    $("<option>")
      .val(one)
      .text(text(`role.${one}`))
      .appendTo(choice);
  $("<div>", { class: "tracker-service" })
    .append(
      input("text", "tracker-user", user),
      // A slot that was another user's still has that one's password until it is saved.
      input("password", "tracker-password", user === "" ? "" : hidden(slot).val()),
      choice.val(role),
    )
    .appendTo(row);
}
