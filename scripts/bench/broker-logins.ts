// 1,000 devices with passwords of their own log in at once: with passwords that the registry has made, after a start; and
// with chosen ones, after a restart of a broker that has seen them before.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { account, TestDirectory } from "../../test/support/directory";
import { OwnBroker } from "../../test/support/own-broker";
import { fleetOf, row } from "./broker-rows";

const DEVICES = 1000;

/** Seconds until all are in. */
async function login(broker: OwnBroker, logins: readonly (readonly [string, string])[]): Promise<number> {
  const start = performance.now();
  const clients = await Promise.all(
    logins.map(([clientId, password]) =>
      connectAsync(broker.url(), { clientId, username: "", password, connectTimeout: 120_000 }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return seconds;
}

export async function brokerLogins(): Promise<{ made: number; chosen: number }> {
  const imeis = fleetOf(DEVICES).devices.map(({ client }) => client);
  const folder = await mkdtemp(join(tmpdir(), "bench-logins-"));
  const settings = { loginMemory: join(folder, "broker") };
  const made = imeis.map((imei) => ({ imei, ...REGISTRY_TOOLS.newPassword() }));
  const chosen = await Promise.all(
    imeis.map(async (imei, n) => {
      const password = `password ${n}`;
      return { imei, password, hash: await REGISTRY_TOOLS.hashPassword(password) };
    }),
  );
  const measured = async (logins: typeof made) => {
    const directory = new TestDirectory();
    directory.add(...logins.map(({ imei, hash }) => account(imei, { ownPassword: hash })));
    const broker = await OwnBroker.start(directory, settings);
    const seconds = await login(
      broker,
      logins.map(({ imei, password }) => [imei, password]),
    );
    await broker.stop();
    return seconds;
  };
  const ofMade = await measured(made);
  await measured(chosen);
  const ofChosen = await measured(chosen);
  await rm(folder, { recursive: true });
  return { made: ofMade, chosen: ofChosen };
}

async function main(): Promise<void> {
  const { made, chosen } = await brokerLogins();
  row("1,000 devices log in after a start, passwords that the registry made", made, "≤ 5", "s");
  row("1,000 devices log in after a restart, passwords that people chose", chosen, "≤ 5", "s");
}

if (require.main === module) void main().then(() => process.exit(0));
