import assert from "node:assert/strict";
import { releasedChangelog, unreleased } from "../../scripts/changelog";
import { checkNext } from "../../scripts/version";

const HEAD = "# Changelog\n\nThe format.\n\n";
const NEW = "### Added\n\n- A node.\n\n### Fixed\n\n- Its ## dialog.\n";
const OLD = "## 0.1.0 - 2026-01-02\n\n### Added\n\n- The first.\n";

describe("a release", () => {
  it("makes what was not released the section of the version, before those of the versions before", () => {
    assert.equal(
      releasedChangelog(`${HEAD}## Unreleased\n\n${NEW}\n${OLD}`, "0.2.0", "2026-03-04"),
      `${HEAD}## Unreleased\n\n## 0.2.0 - 2026-03-04\n\n${NEW}\n${OLD}`,
    );
  });

  it("can be the first", () => {
    assert.equal(
      releasedChangelog(`${HEAD}## Unreleased\n\n${NEW}`, "0.1.0", "2026-03-04"),
      `${HEAD}## Unreleased\n\n## 0.1.0 - 2026-03-04\n\n${NEW}`,
    );
  });

  it("has as notes what was not released", () => {
    assert.equal(unreleased(`${HEAD}## Unreleased\n\n${NEW}\n${OLD}`), NEW.trim());
  });

  for (const [what, changelog, message] of [
    ["no section of what is not released", `${HEAD}${OLD}`, /no section/],
    ["nothing that was not released", `${HEAD}## Unreleased\n\n### Added\n\n${OLD}`, /nothing/],
    ["a section of the version already", `${HEAD}## Unreleased\n\n${NEW}\n${OLD}`, /0\.1\.0 already/],
  ] as const) {
    it(`is refused where the changelog has ${what}`, () => {
      assert.throws(() => releasedChangelog(changelog, "0.1.0", "2026-03-04"), message);
    });
  }

  for (const [next, current] of [
    ["0.1.1", "0.1.0"],
    ["0.10.0", "0.9.9"],
    ["1.0.0", "0.99.99"],
  ] as const) {
    it(`${next} can come after ${current}`, () => checkNext(next, current));
  }

  for (const [next, current, message] of [
    ["0.1.0", "0.1.0", /does not come after/],
    ["0.9.9", "0.10.0", /does not come after/],
    ["0.2.0", "1.0.0", /does not come after/],
    ["v0.2.0", "0.1.0", /no version/],
    ["0.2", "0.1.0", /no version/],
    ["0.02.0", "0.1.0", /no version/],
    ["0.2.0-rc.1", "0.1.0", /no version/],
  ] as const) {
    it(`${next} cannot come after ${current}`, () => {
      assert.throws(() => checkNext(next, current), message);
    });
  }
});
