import assert from "node:assert/strict";
import { brokerSettings } from "../../nodes/broker/settings";
import { resolveDeviceConfig, type SavedDeviceConfig } from "../../src/device-config/device-config";
import { TrackerError } from "../../src/errors";
import { ODD } from "../support/odd";

const CONFIG_FIELDS =
  "protocol platform host port tls topics clientId inputNames outputNames sensors choices showPersonal invertTimedOutputs timedPolarity outputStops interlock delivery offlineAfter fieldMap".split(
    " ",
  );
const INNER: Readonly<Record<string, string>> = {
  interlock: "freshFor maxSpeed ignitionOff whenUnsafe",
  choices: "ignition pedal other",
  topics: "telemetry event file command",
  fieldMap: "schema name readings rules",
};
const INNER_OF_LISTS: Readonly<Record<string, string>> = {
  sensors: "id key scale offset unit",
  services: "user role slot",
};
const BROKER_FIELDS =
  "bind address port tls tlsPort secrets keyFile certFile caFile clientCertificates services local anonymous acknowledge packetSize connections connectionsPerAddress messagesPerSecond wrongLogins blockSeconds".split(
    " ",
  );

function* oddConfigs(fields: readonly string[]): Generator<Record<string, unknown>> {
  for (const field of fields) {
    for (const odd of ODD) {
      yield { [field]: odd };
      for (const inner of INNER[field]?.split(" ") ?? []) yield { [field]: { [inner]: odd } };
      for (const inner of INNER_OF_LISTS[field]?.split(" ") ?? [])
        yield { [field]: [{ id: "0x3008", key: "a", user: "a", [inner]: odd }] };
    }
  }
}

function fitsOrSays(config: object, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof TrackerError, `${JSON.stringify(config)}: ${error}`);
    assert.ok(error.path, `${JSON.stringify(config)}: ${error.message}`);
  }
}

describe("saved configs that nobody could have made in a dialog", () => {
  it("of a device config are read or refused with code and field", () => {
    for (const config of oddConfigs(CONFIG_FIELDS))
      fitsOrSays(config, () => resolveDeviceConfig(config as SavedDeviceConfig));
  });

  it("of a broker are read or refused with code and field", () => {
    for (const config of oddConfigs(BROKER_FIELDS)) fitsOrSays(config, () => brokerSettings(config, {}, "."));
  });

  it("are not repeated at length", () => {
    const long = "x".repeat(100_000);
    for (const field of CONFIG_FIELDS) {
      for (const odd of [
        long,
        [long, long],
        { maxSpeed: long, telemetry: long, name: [long], rules: [{ to: long }] },
      ]) {
        try {
          resolveDeviceConfig({ [field]: odd } as SavedDeviceConfig);
        } catch (error) {
          assert.ok(error instanceof TrackerError);
          assert.doesNotMatch(`${error.message} ${error.path}`, /x{201}/);
        }
      }
    }
  });
});
