/** An address of OpenStreetMap with a marker at a place. */
export function mapAddress(latitude: number, longitude: number): string {
  const at = `${latitude.toFixed(6)}/${longitude.toFixed(6)}`;
  return `https://www.openstreetmap.org/?mlat=${latitude.toFixed(6)}&mlon=${longitude.toFixed(6)}#map=16/${at}`;
}

/** A link to the map that opens beside the editor; it can be moved to another place. */
export function mapLink(): { readonly element: JQuery; show(latitude: number, longitude: number): void } {
  const label = $("<span>");
  const element = $("<a>", { target: "_blank", rel: "noopener noreferrer", class: "tracker-map" }).append(
    $("<i>", { class: "fa fa-map-marker", "aria-hidden": "true" }),
    label,
    $("<i>", { class: "fa fa-external-link", "aria-hidden": "true" }),
  );
  return {
    element,
    show: (latitude, longitude) => {
      element.attr({ href: mapAddress(latitude, longitude), title: "OpenStreetMap" });
      // With points and a comma, as every map takes them.
      label.text(`${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
    },
  };
}
