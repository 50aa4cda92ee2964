import assert from "node:assert/strict";
import { USER_SLOTS } from "../../nodes/broker/settings";
import { TYPED_FIELDS } from "../../nodes/output-command/options";
import { REGISTRY_OPTIONS } from "../../nodes/registry/options";
import type { Option } from "../../nodes/runtime/options";
import { checkDeviceConfig, type SavedDeviceConfig } from "../../src/device-config/device-config";
import { isBlank } from "../../src/saved";
import type { DefaultField, Validator } from "../support/definitions";
import { dialogOf, editorBundle, type FormField } from "../support/dialog";
import { NODE_NAMES } from "../support/flow";
import { ODD } from "../support/odd";
import { OPTION_TABLES } from "../support/option-tables";

/** Fields that are no option, beside name, version and references to config nodes: something reads them for itself. */
const OTHER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "globalmatix-decoder": ["mapFrom", "fieldMap"],
  "output-command": Object.keys(TYPED_FIELDS).flatMap((name) => [name, `${name}Type`]),
  broker: ["services"],
  alarms: ["rules"],
};

/** Values around every number that a text speaks of, and others that a person or a program writes. */
function probes(wanted: string): unknown[] {
  const limits = [...wanted.matchAll(/\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
  const around = [0, 1, ...limits].flatMap((limit) => [
    limit - 1,
    limit - 0.05,
    limit,
    limit + 0.05,
    limit + 1,
  ]);
  const texts = ["", " ", "abc", "1e3", "0x10", "1,5", " 7 ", "+5", "5.0", ".5", "Infinity", "NaN", "1 2"];
  const times = [
    "2026-01-15T08:00:00Z",
    "1999-12-31T23:59:59Z",
    "2107-01-01T00:00:00Z",
    "2106-12-31T00:00:00Z",
  ];
  return [...around, ...around.map(String), ...texts, ...times, ...ODD, undefined];
}

function itOffers({ name, kind, choices }: FormField, option: Option<unknown>, value: unknown): void {
  it(`${name}: offers every choice and no other, and begins with the default`, () => {
    assert.equal(kind, "select");
    assert.deepEqual(choices.toSorted(), option.choices?.map(String).toSorted());
    assert.equal(value, option.default, "a list shows its default only where the node has it");
  });
}

function itCanBeChecked({ name, kind }: FormField, option: Option<unknown>, value: unknown): void {
  it(`${name}: can be checked, and begins with the default`, () => {
    assert.equal(kind, "checkbox");
    assert.equal(value, option.default, "a box shows its default only where the node has it");
  });
}

function itShowsItsDefault(
  { name, kind, placeholder }: FormField,
  option: Option<unknown>,
  value: unknown,
): void {
  it(`${name}: an empty field shows what counts then`, () => {
    assert.ok(["text", "textarea"].includes(kind));
    if (isBlank(value) && !isBlank(option.default)) assert.equal(placeholder, String(option.default));
  });
}

function itTakesTheSame(name: string, option: Option<unknown>, validate: Validator | undefined): void {
  it(`${name}: the dialog takes what the node takes: ${option.wanted}`, () => {
    assert.ok(validate !== undefined);
    for (const probe of probes(option.wanted)) {
      const isGood = isBlank(probe) || option.read(probe) !== undefined;
      assert.equal(validate.call({}, probe, {}) === true, isGood, `${typeof probe} ${JSON.stringify(probe)}`);
    }
    assert.equal(validate.call({}, "${NAME}", {}), true, "what an environment variable is, is not known");
  });
}

function itAgrees(field: FormField, option: Option<unknown>, { value, validate }: DefaultField): void {
  it(`${field.name}: what a new node has is the default`, () => {
    assert.deepEqual(isBlank(value) ? option.default : option.read(value), option.default);
  });
  if (option.choices !== undefined) itOffers(field, option, value);
  else if (typeof option.default === "boolean") itCanBeChecked(field, option, value);
  else {
    itShowsItsDefault(field, option, value);
    if (option.read("a text like any other") === undefined) itTakesTheSame(field.name, option, validate);
  }
}

describe("dialogs and option tables", () => {
  const bundle = editorBundle();

  it("every node has a table, but for the device config, which has checks", () => {
    assert.deepEqual([...Object.keys(OPTION_TABLES), "device-config"].sort(), [...NODE_NAMES].sort());
  });

  for (const [name, table] of Object.entries(OPTION_TABLES)) {
    describe(name, () => {
      const { definition, fields } = dialogOf(name, bundle);
      const { defaults } = definition;

      it("has a default and a field for every option, and no field that nothing reads", () => {
        const own = Object.entries(defaults).filter(([field, { type }]) => {
          return type === undefined && !["name", "version", ...(OTHER_FIELDS[name] ?? [])].includes(field);
        });
        assert.deepEqual(own.map(([field]) => field).sort(), Object.keys(table).sort());
        for (const option of Object.keys(table)) assert.ok(fields.has(option), option);
      });

      for (const [option, meaning] of Object.entries(table)) {
        itAgrees(fields.get(option) as FormField, meaning, defaults[option] ?? {});
      }
    });
  }

  it("the output command reads typed fields by the type that its dialog begins with", () => {
    const { definition } = dialogOf("output-command", bundle);
    for (const [name, type] of Object.entries(TYPED_FIELDS)) {
      assert.equal(definition.defaults[`${name}Type`]?.value, type);
    }
  });

  it("the broker has a field for the password of every slot", () => {
    const { definition, fields } = dialogOf("broker", bundle);
    const slots = Array.from({ length: USER_SLOTS }, (_, index) => `password${index + 1}`);
    const isSlot = (field: string) => field.startsWith("password");
    assert.deepEqual(Object.keys(definition.credentials ?? {}).filter(isSlot), slots);
    assert.deepEqual([...fields.keys()].filter(isSlot), slots);
    assert.equal(bundle.broker?.MAX_USERS, USER_SLOTS);
  });

  describe("device-config", () => {
    const { definition, fields } = dialogOf("device-config", bundle);

    it("an empty field says after which silence devices of a registry are offline by default", () => {
      assert.equal(fields.get("offlineAfter")?.placeholder, String(REGISTRY_OPTIONS.offlineAfter.default));
    });

    for (const [field, { value, validate }] of Object.entries(definition.defaults)) {
      it(`${field}: what a new node has is right, and the dialog takes what the node takes`, () => {
        const check = (given: unknown) =>
          checkDeviceConfig({ [field]: given } as SavedDeviceConfig).length === 0;
        assert.ok(check(value));
        if (field === "version") return;
        for (const probe of probes("43200")) {
          const isGood = validate === undefined || validate.call({}, probe, {}) === true;
          assert.equal(isGood, check(probe), `${typeof probe} ${JSON.stringify(probe)}`);
        }
      });
    }
  });
});
