import type { Problem } from "../../../src/errors";
import { deploy, hasRegistryNode } from "../kit/device-configs";
import { button } from "../kit/form";
import { red } from "../kit/red";
import { problemText, text } from "../kit/texts";
import type { Feed } from "./feed";

/** Two states with the same key look the same, so that what is shown (and may have the focus) can stay. */
export function emptyKey({ registries, registry, problem, loaded, rows }: Feed): string {
  const all = registries?.length === 0 ? hasRegistryNode() : rows.size > rows.counts().ignored;
  const found = problem ?? registry?.problem;
  return [registries?.length, loaded, loaded || found?.code, loaded || found?.message, all].join();
}

/** What stands in place of an empty list, and helps on. */
export function emptyText(
  feed: Feed,
  actions: { readonly mayChange: boolean; add(): void; importCsv(): void },
  showAll: () => void,
): JQuery {
  const { registries, registry, problem, loaded } = feed;
  if (registries === undefined) {
    return problem === undefined ? words("loading") : words("failed").append(line(problemText(problem)));
  }
  if (registries.length === 0) return noRegistry();
  if (!loaded) {
    const found = problem ?? registry?.problem;
    return found === undefined
      ? words("loading")
      : words("notReady").append(line(problemText(found)), detail(found));
  }
  if (feed.rows.size > feed.rows.counts().ignored) {
    return words("noMatch").append(button(text("empty.showAll"), "fa-list", showAll));
  }
  const empty = words("noDevices");
  if (!actions.mayChange) return empty;
  return empty.append(
    button(text("action.add"), "fa-plus", () => actions.add()).addClass("primary tracker-empty-add"),
    button(text("action.import"), "fa-upload", () => actions.importCsv()),
  );
}

function noRegistry(): JQuery {
  if (hasRegistryNode()) {
    return words("notDeployed").append(
      button(text("action.deploy"), "fa-rocket", () => deploy()).addClass("primary"),
    );
  }
  return words("noRegistry").append(
    button(text("empty.examples"), "fa-download", () =>
      red.actions.invoke("core:show-examples-import-dialog"),
    ),
  );
}

/** Title and sentence of an empty state. */
function words(name: string): JQuery {
  const content = $("<div>").append($("<h4>").text(text(`empty.${name}.title`)));
  const sentence = text(`empty.${name}.text`);
  return sentence === "" ? content : content.append(line(sentence));
}

/** The server's own sentence, which names files and numbers, where the text above does not have it. */
function detail(problem: Problem): JQuery {
  const said = problemText(problem) === problem.message ? "" : problem.message;
  return $("<p>", { class: "tracker-hint" }).text(said);
}

function line(content: string): JQuery {
  return $("<p>").text(content);
}
