import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { GuardedStream } from "../../src/broker/guarded-stream";

describe("the end of a connection", () => {
  let server: Server;
  let client: Socket;
  let socket: Socket;
  let stream: GuardedStream;
  let resets = 0;
  const open = async (allowHalfOpen: boolean) => {
    client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen });
    [socket] = (await once(server, "connection")) as [Socket];
    const { resetAndDestroy } = socket;
    socket.resetAndDestroy = () => {
      resets++;
      return resetAndDestroy.call(socket);
    };
    stream = new GuardedStream(socket, () => 1000);
  };
  beforeEach(async () => {
    resets = 0;
    server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it("takes back what has not arrived at somebody who does not answer it", async () => {
    await open(true);
    let answered = false;
    stream.answered = () => {
      answered = true;
    };
    stream.write("a command");
    const closed = once(socket, "close");
    stream.destroy();
    await closed;
    assert.deepEqual([resets, answered], [1, false]);
  });

  it("lets arrive what was written before, and is told of an answer", async () => {
    await open(false);
    const answered = new Promise<void>((resolve) => {
      stream.answered = resolve;
    });
    const read = once(client, "data");
    stream.write("a refusal");
    stream.destroy();
    assert.equal(String((await read)[0]), "a refusal");
    await answered;
    if (!socket.destroyed) await once(socket, "close");
    assert.equal(resets, 0);
  });
});
