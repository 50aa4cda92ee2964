import { text } from "../kit/texts";

/** A small live map of a device, which is loaded only when somebody opens it, and gone when it is closed. */
export function smallMap(registry: string, imei: string): JQuery {
  const room = $("<div>", { class: "tracker-small-map-room" });
  const details = $("<details>", { class: "tracker-small-map" }).append(
    $("<summary>").text(text("place.smallMap")),
    room,
  );
  details.on("toggle", () => {
    room.empty();
    if (!details.prop("open")) return;
    const title = text("place.smallMap");
    // The IMEI stands behind #, which is sent to nobody.
    const src = `trackers/map/${encodeURIComponent(registry)}/#device=${encodeURIComponent(imei)}`;
    room.append($("<iframe>", { src, title }));
  });
  return details;
}
