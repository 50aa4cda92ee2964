import { deploy } from "../kit/device-configs";
import { button, field } from "../kit/form";
import { counted, problemText, text } from "../kit/texts";
import { passwordFields } from "./add-password";
import type { AddState, AddStep } from "./add-state";
import { api, asProblem, type DeviceFields } from "./api";
import { groupInput } from "./edit-dialog";
import { judgeImei } from "./imei-check";

/** Third step: which device it is. Leaving it registers and activates it. */
export function deviceStep(state: AddState): AddStep {
  const imei = field("IMEI", {
    hint: text("add.device.imeiHint"),
    attributes: { inputmode: "numeric", placeholder: "869595061374194", spellcheck: "false" },
  });
  const name = field(text("field.name"), {
    attributes: { placeholder: text("add.device.nameExample"), maxlength: "100" },
  });
  const plate = field(text("field.plate"), {
    attributes: { placeholder: text("add.device.optional"), maxlength: "20" },
  });
  const group = field(text("field.group"), {
    input: groupInput(state.feed.rows.groups()),
    attributes: { placeholder: text("add.device.optional"), maxlength: "100" },
  });
  const password = passwordFields(state.registry);
  const fields = { imei, name, plate, group };
  const failure = $("<div>", { class: "tracker-failure", role: "alert" });
  const judge = () => judgeImei(imei.value(), (heard) => state.feed.rows.get(heard));

  /** Says what is wrong; what is only not finished is an error where somebody wants to go on. */
  const show = (goingOn: boolean): string | undefined => {
    const { imei: read, code, values, unfinished } = judge();
    imei.row.toggleClass("tracker-field-good", read !== undefined);
    const isKnown = code === "heard" || code === "tried";
    password.known(isKnown);
    if (code === undefined) imei.setHint(text("add.device.imeiGood"));
    else if (isKnown) imei.setHint(counted(`add.device.${code}`, Number(values?.count)));
    else if (unfinished && !goingOn) {
      imei.setError("");
      if (code === "IMEI_LENGTH") imei.setHint(text("problem.IMEI_LENGTH", values));
    } else imei.setError(text(code === "DEVICE_EXISTS" ? "add.device.exists" : `problem.${code}`, values));
    return read;
  };
  imei.input.on("input", () => show(false));
  imei.input.on("blur", () => show(imei.value() !== ""));

  const register = async (read: string, login: Pick<DeviceFields, "password">): Promise<boolean> => {
    const entered = { name: name.value(), plate: plate.value(), group: group.value() };
    const deviceConfig = state.deviceConfig === state.ownDeviceConfig ? "" : state.deviceConfig;
    try {
      const registered = await api.register(state.registry, {
        imei: read,
        state: "active",
        ...login,
        ...Object.fromEntries(
          Object.entries({ ...entered, deviceConfig }).filter(([, value]) => value !== ""),
        ),
      });
      state.imei = read;
      state.name = entered.name;
      state.password = registered.password ?? "";
      state.feed.refresh();
      return true;
    } catch (error) {
      const problem = asProblem(error);
      const at = Object.entries(fields).find(([path]) => path === problem.path)?.[1];
      if (at !== undefined) {
        at.setError(problemText(problem, { name: read, ...judge().values }));
        at.input.trigger("focus");
        return false;
      }
      failure.append($("<p>").text(problemText(problem)));
      if (problem.code === "DEVICE_CONFIG_UNKNOWN") {
        failure.append(button(text("action.deploy"), "fa-rocket", deploy));
      }
      return false;
    }
  };

  return {
    name: "device",
    next: text("action.activate"),
    content: $("<div>").append(imei.row, name.row, plate.row, group.row, password.rows, failure),
    shown: (first) => {
      void password.look();
      if (first) imei.input.trigger("focus");
    },
    leave: async () => {
      failure.empty();
      for (const { setError } of [name, plate, group, password]) setError("");
      const read = show(true);
      if (read === undefined) {
        imei.input.trigger("focus");
        return false;
      }
      const login = password.read();
      return login !== undefined && register(read, login);
    },
    deployed: () => {
      failure.empty();
      void password.look();
    },
  };
}
