import { red } from "./red";

export interface Tabs {
  activate(id: string): void;
  /** Shows or hides the tab itself; one that is hidden gives way to the first. */
  toggle(id: string, isShown: boolean): void;
}

/** Tabs of a dialog: the element with the id of a tab is shown, its siblings are not. */
export function createTabs(
  list: string,
  tabs: readonly { readonly id: string; readonly label: string }[],
  shown?: (id: string) => void,
): Tabs {
  let active = "";
  const made = red.tabs.create({
    id: list,
    onchange: ({ id }: { id: string }) => {
      active = id;
      $(`#${id}`).siblings().hide();
      $(`#${id}`).show();
      shown?.(id);
    },
  });
  for (const { id, label } of tabs) {
    made.addTab({ id, label });
    // Node-RED's tabs can be reached by keyboard, but open by mouse only.
    $(`#red-ui-tab-${id} a`).on("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      made.activateTab(id);
    });
  }
  return {
    activate: (id) => made.activateTab(id),
    toggle: (id, isShown) => {
      $(`#red-ui-tab-${id}`).toggle(isShown);
      const first = tabs[0]?.id;
      if (!isShown && active === id && first !== undefined) made.activateTab(first);
    },
  };
}
