import { brokerOfRegistry, runningBrokers } from "../kit/built-in-broker";
import { field, setOptions } from "../kit/form";
import { text } from "../kit/texts";
import type { DeviceFields } from "./api";

/** Whose password a new device gives to the built-in broker. */
const SOURCES = ["made", "chosen", "shared"] as const;
type Source = (typeof SOURCES)[number];

export interface PasswordFields {
  readonly rows: JQuery;
  /** A tracker that reports or tries to already has a password: that stays, unless the person has chosen. */
  known(isKnown: boolean): void;
  /** Looks whether the registry has a built-in broker, which alone asks for passwords. */
  look(): Promise<void>;
  /** What to register; undefined where something is still to be entered, which it says then. */
  read(): Pick<DeviceFields, "password"> | undefined;
  setError(message: string): void;
}

/** Fields for the password of a new device: one that the registry makes, unless the person wants another. */
export function passwordFields(registry: string): PasswordFields {
  const source = field(text("add.device.password"), { input: $("<select>") });
  setOptions(
    source.input,
    SOURCES.map((value) => ({ value, text: text(`add.device.passwords.${value}`) })),
  );
  const chosen = field(text("add.device.chosenPassword"), {
    attributes: { maxlength: "200", spellcheck: "false" },
  });
  const rows = $("<div>", { class: "tracker-add-password" }).append(source.row, chosen.row).hide();
  let hasBroker = false;
  let isChoice = false;
  const draw = () => {
    const now = source.value() as Source;
    chosen.row.toggle(now === "chosen");
    source.setHint(text(`add.device.passwordHints.${now}`));
  };
  source.input.on("change", () => {
    isChoice = true;
    draw();
    if (source.value() === "chosen") chosen.input.trigger("focus");
  });
  draw();
  return {
    rows,
    known: (isKnown) => {
      if (isChoice) return;
      source.input.val(isKnown ? "shared" : "made");
      draw();
    },
    look: async () => {
      hasBroker = brokerOfRegistry(await runningBrokers(), registry) !== undefined;
      rows.toggle(hasBroker);
    },
    read: () => {
      if (!hasBroker || source.value() === "shared") return {};
      if (source.value() === "made") return { password: true };
      if (chosen.value() !== "") return { password: chosen.value() };
      chosen.setError(text("add.device.passwordMissing"));
      chosen.input.trigger("focus");
      return undefined;
    },
    setError: (message) => chosen.setError(message),
  };
}
