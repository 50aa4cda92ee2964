import { red } from "./red";

/** What people look for who do not know how the nodes are called, in English and German. */
const WORDS = "gps gnss vehicle fleet tracking telematics mqtt fahrzeug flotte ortung";

/**
 * Lets the palette's search find this package's nodes by what they are for. It looks at a node's type and at the label
 * that is noted at its entry; more words there are not seen by anybody.
 */
export function findByPurpose(): void {
  red.events.on("registry:node-type-added", (type: string) => {
    if (!type.startsWith("tracker-")) return;
    const entry = $(`.red-ui-palette-node[data-palette-type="${type}"]`);
    entry.attr("data-palette-label", (_, label = "") => `${label} ${WORDS}`);
  });
}
