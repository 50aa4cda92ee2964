import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  COMMAND_STATUSES,
  type Command,
  isRunning,
  MAX_UNIQUE_ID,
  nextUniqueId,
} from "../../src/commands/command";
import { due, type Happening, type Situation, step } from "../../src/commands/machine";
import { command } from "../store/samples";

const HAPPENINGS: readonly Happening[] = [
  "hold",
  "send",
  "withhold",
  "receive",
  "confirm",
  "refuse",
  "expire",
  "supersede",
  "giveUp",
  "cancel",
];
const reason = { code: "X", reason: "x" };
const fresh = (more: Partial<Command> = {}): Command =>
  command(1, "c", {
    status: "accepted",
    sendings: [],
    history: [{ time: 0, status: "accepted", ...reason }],
    ...more,
  });
const finals = ({ history }: Command) =>
  history.filter(({ status }) => !["accepted", "waiting", "sent", "received"].includes(status)).length;

const situation: fc.Arbitrary<Situation> = fc.record(
  {
    isOver: fc.boolean(),
    active: fc.boolean(),
    online: fc.boolean(),
    obstacle: fc.constantFrom(undefined, undefined, { ...reason, holds: true }, { ...reason, holds: false }),
    receipt: fc.constantFrom(undefined, undefined, reason),
    confirmation: fc.constantFrom(undefined, undefined, reason),
    isSilent: fc.boolean(),
    isHeardAgain: fc.boolean(),
    overridden: fc.constantFrom(undefined, reason),
  },
  { noNullPrototype: true },
);
const wasReceived = ({ history }: Command) => history.some(({ status }) => status === "received");

function isSendable(command: Command, seen: Situation): boolean {
  if (seen.isOver || !seen.active || seen.obstacle !== undefined) return false;
  if (command.sendings.length > 0) return command.mode === "latching" && seen.isHeardAgain;
  return command.delivery === "now" || seen.online;
}

/** The command after a situation; what must not be done in it fails. */
function stepped(command: Command, seen: Situation): Command {
  const next = due(command, seen);
  if (next === undefined) return command;
  if (next.happening === "send") {
    assert.ok(isSendable(command, seen));
    assert.notEqual(command.status, "received", "what has come is not sent again");
  }
  const after = step(command, next, 0, { uniqueId: 1 });
  assert.ok(after, `${next.happening} cannot happen to one that is ${command.status}`);
  return after;
}

const RUNS = { numRuns: 5000 };

describe("commands: machine", () => {
  it("whatever happens, final is final and comes once; the history has every step", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...HAPPENINGS), { maxLength: 30 }), (happenings) => {
        let now = fresh();
        for (const [index, happening] of happenings.entries()) {
          const after = step(now, { happening, ...reason }, index, { uniqueId: 7, expires: 1 });
          if (after === undefined) continue;
          assert.ok(isRunning(now), "nothing happens after the end");
          assert.equal(after.history.length, now.history.length + 1);
          assert.equal(after.history.at(-1)?.status, after.status);
          assert.equal(finals(after), isRunning(after) ? 0 : 1);
          assert.ok(
            after.status !== "confirmed" || after.sendings.length > 0,
            "only what was sent is confirmed",
          );
          assert.ok(
            after.status !== "refused" || after.sendings.length === 0,
            "what was sent was not refused",
          );
          assert.ok(after.status !== "expired" || after.sendings.length === 0);
          assert.ok(!["sent", "received"].includes(after.status) || after.sendings.length > 0);
          now = after;
        }
      }),
      RUNS,
    );
  });

  it("over any order of situations nothing is sent too often, too late, unsafe or to nobody, and it ends", () => {
    const property = fc.property(
      fc.array(situation, { maxLength: 30 }),
      fc.nat(3),
      fc.constantFrom("now" as const, "wait" as const),
      fc.constantFrom("latching" as const, "timed" as const),
      (situations, retries, delivery, mode) => {
        const end = { isOver: true, isSilent: true } as const;
        const all = [
          ...situations,
          ...situations.slice(-1).flatMap((last) => Array(2).fill({ ...last, ...end })),
        ];
        const last = all.reduce(stepped, fresh({ retries, delivery, mode }));
        if (last.status === "unconfirmed")
          assert.equal(last.history.at(-1)?.code === "NOT_CHANGED", wasReceived(last));
        assert.ok(last.sendings.length <= (mode === "timed" ? 1 : retries + 1));
        assert.ok(situations.length === 0 || !isRunning(last), last.status);
      },
    );
    fc.assert(property, RUNS);
  });

  it("every state can be reached", () => {
    const reached = new Set<string>(["accepted"]);
    for (const first of HAPPENINGS) {
      for (const second of HAPPENINGS) {
        const one = step(fresh(), { happening: first, ...reason }, 0);
        const two = one && step(one, { happening: second, ...reason }, 0);
        for (const found of [one, two]) if (found) reached.add(found.status);
      }
    }
    assert.deepEqual([...reached].sort(), [...COMMAND_STATUSES].sort());
  });

  it("a unique id is 1 to 255 and never the last one", () => {
    for (let last = 1; last <= MAX_UNIQUE_ID; last++) {
      const next = nextUniqueId(last, 0);
      assert.ok(next !== last && next >= 1 && next <= 255);
    }
    for (let second = 0; second < 300; second++) {
      const first = nextUniqueId(undefined, second * 1000);
      assert.ok(first >= 1 && first <= 255);
    }
  });
});
