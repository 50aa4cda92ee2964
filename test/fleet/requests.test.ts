import assert from "node:assert/strict";
import { deviceInfo, knownRecord } from "../../src/fleet/message";
import type { ImportReport } from "../../src/fleet/transfer";
import type { PublicDevice } from "../../src/fleet/views";
import { IMEI, OTHER, reading, START, TestRegistry, THIRD, VANS, WRONG } from "../support/registry";

const rejects = (promise: Promise<unknown>, code: string, path?: string) =>
  assert.rejects(promise, (error: { code?: string; path?: string }) => {
    assert.deepEqual([error.code, error.path], [code, path]);
    return true;
  });

describe("registry: requests", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
  });

  it("registers, updates, activates, deactivates and removes", async () => {
    const device = (await it_.ask("register", {
      imei: " 86 959506-1374194 ",
      name: "Van 1",
      plate: "B-XY 123",
      vin: "WVWZZZ1JZXW000001",
      group: "north",
      tags: "cold, fast,cold",
      deviceConfig: "vans",
    })) as PublicDevice;
    assert.deepEqual(device, {
      imei: IMEI,
      state: "registered",
      name: "Van 1",
      deviceConfig: VANS.id,
      vehicle: { plate: "B-XY 123", vin: "WVWZZZ1JZXW000001" },
      group: "north",
      tags: ["cold", "fast"],
      notes: "",
      driver: "",
      registeredAt: START,
      changedAt: START,
      hasLogin: false,
    });
    it_.wait(1000);
    const updated = (await it_.ask("update", { ...device, plate: "B-XY 124", tags: [] })) as PublicDevice;
    assert.deepEqual([updated.vehicle.plate, updated.tags, updated.name], ["B-XY 124", [], "Van 1"]);
    assert.equal(updated.changedAt, START + 1000);
    await it_.ask("activate", { imei: IMEI });
    await it_.ask("deactivate", IMEI);
    assert.deepEqual(await it_.ask("remove", IMEI), { imei: IMEI });
    assert.deepEqual(it_.told(), [
      `${IMEI} registered`,
      `${IMEI} activated`,
      `${IMEI} deactivated`,
      `${IMEI} removed`,
    ]);
    await rejects(it_.ask("get", IMEI), "DEVICE_UNKNOWN", "imei");
  });

  it("says what is wrong with an IMEI", async () => {
    await rejects(it_.ask("register", { imei: WRONG }), "IMEI_CHECK_DIGIT", "imei");
    await rejects(it_.ask("register", { imei: "12345" }), "IMEI_LENGTH", "imei");
    await rejects(it_.ask("register", { imei: "86959506137419X" }), "IMEI_DIGITS", "imei");
    await rejects(it_.ask("register", { name: "x" }), "IMEI_MISSING", "imei");
    await rejects(it_.ask("register", { imei: "8,69595E+14" }), "IMEI_SCIENTIFIC", "imei");
    await rejects(it_.ask("register", undefined), "PAYLOAD_TYPE", "msg.payload");
    await it_.ask("register", { imei: Number(IMEI) });
    await rejects(it_.ask("register", IMEI), "DEVICE_EXISTS", "imei");
  });

  it("takes a wrong IMEI where a device really reports with it", async () => {
    it_.fleet.receive(reading(START, {}, WRONG), "BCE/D", true);
    await it_.ask("activate", WRONG);
    assert.equal(it_.fleet.devices.get(WRONG)?.state, "active");
    assert.equal(it_.fleet.devices.pending.get(WRONG), undefined);
    assert.deepEqual(it_.told(), [`${WRONG} registered`, `${WRONG} activated`]);
  });

  it("says which field is wrong, and changes nothing", async () => {
    await rejects(it_.ask("register", { imei: IMEI, colour: "red" }), "FIELD_UNKNOWN", "colour");
    await rejects(it_.ask("register", { imei: IMEI, name: "x".repeat(101) }), "FIELD_VALUE", "name");
    await rejects(it_.ask("register", { imei: IMEI, name: {} }), "FIELD_VALUE", "name");
    await rejects(it_.ask("register", { imei: IMEI, vin: "IOQ" }), "FIELD_VALUE", "vin");
    await rejects(it_.ask("register", { imei: IMEI, tags: [1] }), "FIELD_VALUE", "tags");
    await rejects(it_.ask("register", { imei: IMEI, state: "on" }), "FIELD_VALUE", "state");
    await rejects(
      it_.ask("register", { imei: IMEI, deviceConfig: "lorries" }),
      "DEVICE_CONFIG_UNKNOWN",
      "deviceConfig",
    );
    await rejects(it_.ask("update", { imei: IMEI, name: "x" }), "DEVICE_UNKNOWN", "imei");
    await rejects(it_.ask("activate", [IMEI]), "DEVICE_UNKNOWN", "imei");
    await rejects(it_.ask("activate", []), "IMEI_MISSING", "imei");
    await rejects(it_.ask("list", { colour: "red" }), "FIELD_UNKNOWN", "colour");
    await rejects(it_.ask("list", { state: "Activ" }), "FIELD_VALUE", "state");
    await rejects(it_.ask("register", { imei: IMEI, vehicle: "B-1" }), "FIELD_VALUE", "vehicle");
    await rejects(it_.ask("register", { imei: IMEI, tags: ["a;b"] }), "FIELD_VALUE", "tags");
    await rejects(it_.ask("register", { imei: IMEI, name: Number.NaN }), "FIELD_VALUE", "name");
    await rejects(it_.ask("register", { imei: 86959506137419.4 }), "IMEI_DIGITS", "imei");
    await rejects((async () => it_.ask("explode"))(), "REQUEST_UNKNOWN", "msg.request");
    await rejects((async () => it_.ask("constructor"))(), "REQUEST_UNKNOWN", "msg.request");
    assert.equal(it_.fleet.counts().devices, 0);
  });

  it("lists, and finds by state, status, group and tag", async () => {
    await it_.ask("register", { imei: IMEI, group: "north", tags: ["cold"], state: "active" });
    await it_.ask("register", { imei: OTHER, group: "south" });
    const found = async (filter?: object) =>
      ((await it_.ask("list", filter)) as PublicDevice[]).map(({ imei }) => imei);
    assert.deepEqual(await found(), [IMEI, OTHER]);
    assert.deepEqual(await found({ state: "active", group: undefined }), [IMEI]);
    const [listed] = (await it_.ask("list", { state: "active" })) as object[];
    await it_.ask("update", { ...listed, notes: "an answer can be sent back" });
    assert.deepEqual(await found({ status: "waiting" }), [IMEI]);
    assert.deepEqual(await found({ group: "south" }), [OTHER]);
    assert.deepEqual(await found({ tag: "cold", group: "north" }), [IMEI]);
    assert.deepEqual(await found({ tag: "cold", group: "south" }), []);
  });

  it("of two that register the same device at once, one is told that it exists", async () => {
    const results = await Promise.allSettled([
      it_.ask("register", { imei: IMEI, name: "a" }),
      it_.ask("register", { imei: IMEI, name: "b" }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    assert.equal(it_.fleet.devices.get(IMEI)?.name, "a");
  });

  it("ignores an unknown sender and brings it back", async () => {
    it_.fleet.receive(reading(START), "BCE/D", true);
    await it_.ask("ignore", IMEI);
    assert.equal(it_.fleet.counts().pending, 0);
    it_.fleet.receive(reading(START + 1), "BCE/D", true);
    assert.equal(it_.fleet.devices.pending.get(IMEI)?.ignored, true);
    await it_.ask("ignore", { imei: IMEI, ignored: false });
    assert.equal(it_.fleet.counts().pending, 1);
    await rejects(it_.ask("ignore", OTHER), "DEVICE_UNKNOWN", "imei");
    assert.equal(((await it_.ask("pending")) as object[]).length, 1);
  });

  it("makes a password where that is true, and tells it in this answer alone", async () => {
    for (const request of ["register", "update"] as const) {
      const before = it_.fleet.devices.get(IMEI)?.login;
      const { password, ...answered } = (await it_.ask(request, { imei: IMEI, password: true })) as {
        password: string;
      };
      assert.match(password, /^[0-9a-z]{26}$/);
      const login = it_.fleet.devices.get(IMEI)?.login ?? "";
      assert.match(login, /^sha256\$/);
      assert.notEqual(login, before);
      for (const told of [answered, await it_.ask("get", IMEI), await it_.ask("export")]) {
        assert.ok(!JSON.stringify(told).includes(password));
      }
    }
    await assert.rejects(it_.ask("update", { imei: IMEI, password: false }), { code: "FIELD_VALUE" });
  });

  it("hashes a password and never gives it out", async () => {
    await it_.ask("register", { imei: IMEI, password: "geheim" });
    assert.match(it_.fleet.devices.get(IMEI)?.login ?? "", /^scrypt\$16384\$8\$1\$[\w+/=]{24}\$[\w+/=]{44}$/);
    const before = it_.fleet.devices.get(IMEI)?.login;
    await it_.ask("update", { imei: IMEI, name: "x" });
    assert.equal(it_.fleet.devices.get(IMEI)?.login, before);
    await it_.ask("update", { imei: IMEI, password: "" });
    assert.equal(it_.fleet.devices.get(IMEI)?.login, "");
    assert.doesNotMatch(String(await it_.ask("export")), /scrypt|password/);
  });
});

describe("registry: import and export", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
  });
  const importing = async (payload: unknown) => (await it_.ask("import", payload)) as ImportReport;
  const lines = (report: ImportReport) =>
    report.lines.map(({ line, result, code, path }) => [line, result, code, path].filter(Boolean).join(" "));

  for (const [name, delimiter] of [
    ["commas", ","],
    ["semicolons", ";"],
    ["tabs", "\t"],
  ]) {
    it(`reads CSV with ${name}, a byte order mark, quotes and Windows line ends`, async () => {
      const text = [
        ["IMEI", " Name ", "plate"],
        [IMEI, '"Van ""1"""', "B-1"],
        [OTHER, `"two\nlines${delimiter} one"`, ""],
        ["", "", ""],
        [WRONG, "wrong", ""],
      ]
        .map((row) => row.join(delimiter))
        .join("\r\n");
      const report = await importing(`\ufeff${text}\r\n`);
      assert.deepEqual(lines(report), ["2 added", "3 added", "6 error IMEI_CHECK_DIGIT imei"]);
      assert.equal(it_.fleet.devices.get(IMEI)?.name, 'Van "1"');
      assert.equal(it_.fleet.devices.get(OTHER)?.name, `two\nlines${delimiter} one`);
    });
  }

  it("takes no line for another: cells, quotes and line ends have to fit", async () => {
    const wrong = async (text: string) => lines(await importing({ data: text, check: true }));
    const format = "error IMPORT_FORMAT data";
    assert.deepEqual(await wrong(`imei,name,plate\n${IMEI},Van, big,B-1\n${OTHER},a,b`), [
      `2 ${format}`,
      "3 added",
    ]);
    assert.deepEqual(await wrong(`imei,name,plate\n${IMEI},New\n${OTHER},a,b`), [`2 ${format}`, "3 added"]);
    assert.deepEqual(await wrong(`imei,name\n${OTHER},a\n${IMEI},"abc\n${THIRD},def`), [
      "2 added",
      `3 ${format}`,
    ]);
    const inside = await wrong(`imei,name\n${IMEI},"Truck" 5\n${OTHER},x`);
    assert.ok(inside.length > 0 && inside.every((line) => line.endsWith(format)), inside.join());
    assert.deepEqual(await wrong(`imei,name\r\n${IMEI},a\n${OTHER},b\r${THIRD},c`), [
      "2 added",
      "3 added",
      "4 added",
    ]);
    assert.deepEqual(await wrong(`imei;name;;\n${IMEI};a;;\n${OTHER};b;;\n`), ["2 added", "3 added"]);
    assert.deepEqual(await wrong(`\n\nimei;name\n${IMEI};a\n`), ["4 added"]);
    assert.deepEqual(await wrong(`\ufeff[{"imei":"${IMEI}"}]`), ["1 added"]);
    await rejects(it_.ask("import", `imei,name,name\n${IMEI},a,b`), "IMPORT_FORMAT", "data");
  });

  it("does not mistake its options", async () => {
    const data = `imei\n${IMEI}`;
    await rejects(it_.ask("import", { data, check: "true" }), "FIELD_VALUE", "check");
    await rejects(it_.ask("import", { data, dryRun: true }), "FIELD_UNKNOWN", "dryRun");
    assert.equal(it_.fleet.counts().devices, 0);
  });

  it("makes passwords where asked to, tells them once, and keeps a hash that needs no stretching", async () => {
    const data = [{ imei: IMEI }, { imei: OTHER, password: "chosen" }];
    const report = (await it_.ask("import", { data, passwords: true })) as ImportReport;
    const [made, chosen] = report.lines;
    assert.match(made?.password ?? "", /^[0-9a-z]{26}$/);
    assert.equal(chosen?.password, undefined);
    const logins = [IMEI, OTHER].map((imei) => it_.fleet.devices.get(imei)?.login.split("$")[0]);
    assert.deepEqual(logins, ["sha256", "scrypt"]);
    const kept = it_.fleet.devices.get(IMEI)?.login;
    const again = (await it_.ask("import", {
      data: [{ imei: IMEI, name: "x" }],
      passwords: true,
      onExisting: "update",
    })) as ImportReport;
    assert.equal(again.lines[0]?.password, undefined, "it has one");
    assert.equal(it_.fleet.devices.get(IMEI)?.login, kept);
    const asked = [{ imei: IMEI, password: true }];
    const anew = (await it_.ask("import", { data: asked, onExisting: "update" })) as ImportReport;
    assert.match(anew.lines[0]?.password ?? "", /^[0-9a-z]{26}$/);
    assert.notEqual(it_.fleet.devices.get(IMEI)?.login, kept);
    const check = (await it_.ask("import", {
      data: [{ imei: THIRD }],
      passwords: true,
      check: true,
    })) as ImportReport;
    assert.equal(check.lines[0]?.password, undefined);
  });

  it("hashes the passwords of good lines only, trimmed as when they are typed", async () => {
    const report = await importing([
      { imei: IMEI, password: 1234 },
      { imei: WRONG, password: "x".repeat(1_000_000) },
    ]);
    assert.deepEqual([report.added, report.failed], [1, 1]);
    assert.notEqual(it_.fleet.devices.get(IMEI)?.login, "");
  });

  it("reports every line, and imports the good ones", async () => {
    await it_.ask("register", { imei: IMEI, name: "old" });
    const text = `imei,name,state,deviceConfig\n${IMEI},new,,\n${OTHER},b,active,vans\n${OTHER},c,,\n8.6E+14,d,,\n${THIRD},e,on,`;
    const report = await importing(text);
    assert.deepEqual(lines(report), [
      "2 error DEVICE_EXISTS imei",
      "3 added",
      "4 error DEVICE_TWICE imei",
      "5 error IMEI_SCIENTIFIC imei",
      "6 error FIELD_VALUE state",
    ]);
    assert.deepEqual([report.added, report.updated, report.skipped, report.failed], [1, 0, 0, 4]);
    assert.equal(it_.fleet.devices.get(IMEI)?.name, "old");
    assert.equal(it_.fleet.devices.get(OTHER)?.deviceConfig, VANS.id);
  });

  it("updates or skips devices that exist; an empty cell empties the field, a missing column leaves it", async () => {
    await it_.ask("register", { imei: IMEI, name: "old", group: "north", state: "active" });
    const skipped = await importing({ data: `imei,name\n${IMEI},new`, onExisting: "skip" });
    assert.deepEqual(lines(skipped), ["2 skipped"]);
    const updated = await importing({ data: `imei;name;state\n${IMEI};;`, onExisting: "update" });
    assert.deepEqual(lines(updated), ["2 updated"]);
    const device = it_.fleet.devices.get(IMEI);
    assert.deepEqual([device?.name, device?.group, device?.state], ["", "north", "active"]);
  });

  it("does all or nothing, or only checks, where asked to", async () => {
    const data = `imei\n${IMEI}\n${WRONG}`;
    const refused = await importing({ data, allOrNothing: true });
    assert.deepEqual(lines(refused), ["2 skipped", "3 error IMEI_CHECK_DIGIT imei"]);
    const checked = await importing({ data, check: true });
    assert.deepEqual(lines(checked), ["2 added", "3 error IMEI_CHECK_DIGIT imei"]);
    assert.equal(it_.fleet.counts().devices, 0);
    assert.deepEqual(it_.told(), []);
    await importing({ data: `imei\n${IMEI}`, allOrNothing: true, state: "active" });
    assert.equal(it_.fleet.devices.get(IMEI)?.state, "active");
  });

  it("takes lists and JSON text", async () => {
    assert.equal((await importing([IMEI, { imei: OTHER, name: "b" }])).added, 2);
    assert.equal((await importing(JSON.stringify([{ imei: THIRD }]))).added, 1);
  });

  it("says what is wrong with the whole", async () => {
    await rejects(it_.ask("import", ""), "IMPORT_EMPTY", "data");
    await rejects(it_.ask("import", "imei,name\n"), "IMPORT_EMPTY", "data");
    await rejects(it_.ask("import", "name\nx"), "IMPORT_FORMAT", "data");
    await rejects(it_.ask("import", "[{"), "IMPORT_FORMAT", "data");
    await rejects(it_.ask("import", [null]), "IMPORT_FORMAT", "data");
    await rejects(it_.ask("import", undefined), "IMPORT_FORMAT", "data");
    await rejects(it_.ask("import", { data: "imei", onExisting: "burn" }), "FIELD_VALUE", "onExisting");
  });

  const SPREADSHEETS: Readonly<Record<string, string | Uint8Array>> = {
    "a line that says the delimiter": `sep=;\r\nimei;name\r\n${IMEI};x\r\n`,
    "a formula": `imei;name\r\n"=""${IMEI}""";x\r\n`,
    "an apostrophe": `imei;name\r\n'${IMEI};x\r\n`,
    "invisible characters": `\ufeff\u200bimei;na\u200bme\r\n\u202a${IMEI}\u202c;\u200ex\r\n`,
    "a decimal zero": `imei;name\r\n${IMEI}.0;x\r\n`,
    "all digits in an exponent": `imei;name\r\n8.69595061374194E+14;x\r\n`,
    "other headers": `IMEI ;Bezeichnung\r\n${IMEI};x\r\n`,
    bars: `imei|name\r\n${IMEI}|x`,
    "UTF-16": Buffer.from(`\ufeffimei\tname\r\n${IMEI}\tx\r\n`, "utf16le"),
    "a column of its own": `imei;colour;name\r\n${IMEI};red;x\r\n`,
  };
  for (const [name, data] of Object.entries(SPREADSHEETS)) {
    it(`takes what spreadsheets write: ${name}`, async () => {
      const report = await importing({ data });
      assert.equal(report.added, 1, JSON.stringify(report));
      assert.equal(it_.fleet.devices.get(IMEI)?.name, "x");
      assert.deepEqual(report.ignored, name === "a column of its own" ? ["colour"] : undefined);
    });
  }

  it("gives a column to the field that was chosen for it", async () => {
    const data = `imei,Colour,name\n${IMEI},red,x`;
    await importing({ data, columns: { Colour: "notes", name: "" } });
    assert.deepEqual([it_.fleet.devices.get(IMEI)?.notes, it_.fleet.devices.get(IMEI)?.name], ["red", ""]);
    await rejects(it_.ask("import", { data, columns: { Colour: "paint" } }), "FIELD_UNKNOWN", "columns");
  });

  it("exports no formula, and reads each cell back unchanged", async () => {
    const names = ["=1+1", "+1", "-1", "@x", "'=1", "'", "''x", '="x"', "\uff1d1"];
    const imeis = [IMEI, OTHER, THIRD];
    for (const [at, name] of names.entries()) {
      const imei = imeis[at % imeis.length] as string;
      const one = await TestRegistry.open();
      await one.ask("register", { imei, name, notes: name });
      const csv = String(await one.ask("export"));
      assert.doesNotMatch(csv, /(^|[,\n"])[=+\-@\uff1d]/);
      const copy = await TestRegistry.open();
      await copy.ask("import", csv);
      assert.deepEqual(
        [copy.fleet.devices.get(imei)?.name, copy.fleet.devices.get(imei)?.notes],
        [name, name],
      );
    }
  });

  it("lets everything else have its turn while it imports many", async () => {
    const data = Array.from({ length: 6000 }, (_, n) => `${869595061374194 + n}`);
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    const report = await importing({ data, anyCheckDigit: true });
    done = true;
    assert.equal(report.added, 6000);
    // Reading, telling and the list of what was edited, 500 at a time.
    assert.ok(turns >= 30, `${turns} turns`);
  });

  it("exports what it can import again", async () => {
    await it_.ask("register", {
      imei: IMEI,
      name: 'Van "1", red',
      tags: ["a", "b"],
      notes: "two\nlines",
      deviceConfig: "vans",
      state: "active",
      plate: "B-1",
    });
    await it_.ask("register", OTHER);
    const csv = (await it_.ask("export")) as string;
    assert.match(csv, /^imei,name,state,deviceConfig,plate,vin,group,tags,notes,driver\r\n/);
    const json = await it_.ask("export", { format: "json" });
    const plain = (fleet: TestRegistry) =>
      [...fleet.fleet.devices.all()].map(({ changedAt: _, ...rest }) => rest);
    for (const data of [csv, json, JSON.stringify(json)]) {
      const copy = await TestRegistry.open();
      await copy.ask("import", data);
      assert.deepEqual(plain(copy), plain(it_));
    }
    await rejects(it_.ask("export", { format: "xml" }), "FIELD_VALUE", "format");
  });

  it("restores devices with odd IMEIs and without their device config", async () => {
    it_.fleet.receive(reading(START, {}, WRONG), "", true);
    await it_.ask("activate", WRONG);
    const data = String(await it_.ask("export")).replace(",active,,", ",active,gone,");
    const copy = await TestRegistry.open();
    const refused = (await copy.ask("import", data)) as ImportReport;
    assert.deepEqual(lines(refused), ["2 error IMEI_CHECK_DIGIT imei"]);
    const restored = (await copy.ask("import", { data, anyCheckDigit: true })) as ImportReport;
    assert.deepEqual(lines(restored), ["2 added DEVICE_CONFIG_UNKNOWN deviceConfig"]);
    assert.equal(copy.fleet.devices.get(WRONG)?.state, "active");
  });
});

describe("registry: messages", () => {
  it("puts the names of inputs and outputs beside the values", async () => {
    const it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, name: "Van 1", deviceConfig: "vans", plate: "B-1" });
    const device = it_.fleet.devices.get(IMEI);
    assert.ok(device);
    const attributes = { input1: true, input2: true, input3: false, output1: false, ignition: true };
    const record = knownRecord(reading(START, { attributes }), VANS, { late: true });
    assert.deepEqual(
      [record.inputs, record.outputs, record.late],
      [{ "panic button": true, door: false }, { "starter relay": false }, true],
    );
    assert.deepEqual(Object.keys(knownRecord(reading(START), VANS, {})), Object.keys(reading(START)));
    assert.deepEqual(deviceInfo(device, VANS), {
      imei: IMEI,
      name: "Van 1",
      vehicle: { plate: "B-1", vin: "" },
      group: "",
      tags: [],
      driver: "",
      deviceConfig: {
        name: "vans",
        inputs: { "1": "panic button", "3": "door" },
        outputs: { "1": "starter relay" },
      },
    });
  });
});
