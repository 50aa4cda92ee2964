const HEAD = "## Unreleased";

/** The text below a heading of second level, up to the next one; undefined where there is no such heading. */
function sectionOf(changelog: string, heading: string): string | undefined {
  const parts = changelog.split(/^(?=## )/m);
  return parts.find((part) => part.split("\n", 1)[0] === heading)?.slice(heading.length);
}

/** What a changelog says of what is not released yet. Throws where that is nothing. */
export function unreleased(changelog: string): string {
  const section = sectionOf(changelog, HEAD);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "${HEAD}".`);
  if (!/^- /m.test(section)) throw new Error(`CHANGELOG.md says of nothing under "${HEAD}".`);
  return section.trim();
}

/**
 * The changelog in which what was not released is that of a version, below an empty section for what comes next.
 *
 * @param date day of the release, as ISO 8601
 */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  const section = unreleased(changelog);
  if (changelog.split("\n").some((line) => line === `## ${version}` || line.startsWith(`## ${version} `))) {
    throw new Error(`CHANGELOG.md has a section of ${version} already.`);
  }
  const [before = "", after = ""] = changelog.split(`${HEAD}${sectionOf(changelog, HEAD)}`);
  const released = `${before}${HEAD}\n\n## ${version} - ${date}\n\n${section}\n`;
  return after === "" ? released : `${released}\n${after}`;
}
