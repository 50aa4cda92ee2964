// What logging in costs the built-in broker, and what guessing strangers cost the others (part of npm run bench).
// Clients run in a thread of their own, so that only the broker's part is measured.
import { once } from "node:events";
import { connect } from "node:net";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { connectAsync } from "mqtt";
import { REGISTRY_TOOLS } from "../nodes/runtime/registry-tools";
import { imeiCheckDigit } from "../src/model/imei";
import { account, SHARED, TestDirectory } from "../test/support/directory";
import { OwnBroker } from "../test/support/own-broker";
import { IMEI } from "../test/support/registry";

type Report = (title: string, unit: string, rows: readonly [string, number][]) => void;

/** What a thread is to do. */
type Task =
  | {
      readonly do: "reconnect";
      readonly port: number;
      readonly logins: readonly [imei: string, password: string][];
    }
  | { readonly do: "publish"; readonly port: number; readonly seconds: number }
  | { readonly do: "guess"; readonly port: number; readonly perSecond: number };

const DEVICES = 1000;
const SECONDS = 5;
const ROUNDS = 5;
const ATTACKS_PER_SECOND = 100;
const HOST = "127.0.0.1";
/** Linux has all of 127/8, so strangers can come from an address of their own. */
const STRANGER = "127.0.0.2";

export async function brokerBench(report: Report): Promise<void> {
  await reconnects(report);
  await strangers(report);
}

async function reconnects(report: Report): Promise<void> {
  const logins = Array.from({ length: DEVICES }, (_, n): [string, string] => {
    const first14 = String(86_000_000_000_000 + n);
    return [`${first14}${imeiCheckDigit(first14)}`, `password ${n}`];
  });
  const directory = new TestDirectory();
  await Promise.all(
    logins.map(async ([imei, password]) =>
      directory.add(account(imei, { ownPassword: await REGISTRY_TOOLS.hashPassword(password) })),
    ),
  );
  const broker = await OwnBroker.start(directory);
  const seconds = () => run<number>({ do: "reconnect", port: broker.port, logins });
  report(`${DEVICES} devices with passwords of their own connect at once`, "s", [
    ["after a start of the broker", await seconds()],
    ["again", await seconds()],
  ]);
  await broker.stop();
}

async function strangers(report: Report): Promise<void> {
  const calm: number[][] = [];
  const attacked: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const broker = await OwnBroker.start(new TestDirectory().add(account(IMEI)));
    const times = () => run<number[]>({ do: "publish", port: broker.port, seconds: SECONDS });
    calm.push(await times());
    const attack = new Worker(__filename, {
      workerData: { do: "guess", port: broker.port, perSecond: ATTACKS_PER_SECOND } satisfies Task,
    });
    attacked.push(await times());
    await attack.terminate();
    await broker.stop();
  }
  for (const [name, at] of [
    ["median", 0.5],
    ["99th of 100", 0.99],
  ] as const) {
    const over = (rounds: number[][]) =>
      quantile(
        rounds.map((times) => quantile(times, at)),
        0.5,
      );
    report(`A publish until its acknowledgement, ${name}`, "ms", [
      ["undisturbed", over(calm)],
      [`with ${ATTACKS_PER_SECOND} wrong logins a second from elsewhere`, over(attacked)],
    ]);
  }
}

function quantile(values: readonly number[], at: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * at)] as number;
}

async function run<T>(task: Task): Promise<T> {
  const worker = new Worker(__filename, { workerData: task });
  const [answer] = await once(worker, "message");
  await worker.terminate();
  return answer as T;
}

async function reconnect({ port, logins }: Task & { do: "reconnect" }): Promise<number> {
  const start = performance.now();
  const clients = await Promise.all(
    logins.map(([clientId, password]) =>
      connectAsync(`mqtt://${HOST}:${port}`, { clientId, username: "", password, connectTimeout: 60_000 }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return seconds;
}

/** Milliseconds of each publish, one after the other with a pause. */
async function publish({ port, seconds }: Task & { do: "publish" }): Promise<number[]> {
  const login = { clientId: IMEI, username: SHARED.user, password: SHARED.password };
  const client = await connectAsync(`mqtt://${HOST}:${port}`, login);
  const times: number[] = [];
  for (let count = 0; count < seconds * 40; count++) {
    const start = performance.now();
    await client.publishAsync("BCE/D", "a message", { qos: 1 });
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await client.endAsync(true);
  return times;
}

function guess({ port, perSecond }: Task & { do: "guess" }): void {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const parts = [text("MQTT"), Buffer.from([4, 0xc2, 0, 60]), text(IMEI), text(SHARED.user), text("guess")];
  const body = Buffer.concat(parts);
  const bytes = Buffer.concat([Buffer.from([0x10, body.length]), body]);
  setInterval(() => {
    const socket = connect({ port, host: HOST, localAddress: STRANGER });
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(bytes);
  }, 1000 / perSecond);
}

async function work(task: Task): Promise<void> {
  if (task.do === "guess") guess(task);
  else parentPort?.postMessage(task.do === "publish" ? await publish(task) : await reconnect(task));
}

if (!isMainThread) void work(workerData as Task);
