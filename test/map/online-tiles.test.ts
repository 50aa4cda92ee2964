import assert from "node:assert/strict";
import { OPENSTREETMAP, tilesOrigin } from "../../src/map/online-tiles";

describe("addresses of online tiles", () => {
  for (const [url, origin] of [
    [OPENSTREETMAP.url, "https://tile.openstreetmap.org"],
    ["http://tiles.local:8080/roads/{z}/{x}/{-y}.png?key=a%20b", "http://tiles.local:8080"],
    ["https://Tiles.example/{z}/{y}/{x}", "https://tiles.example"],
  ] as const)
    it(`${url} is one`, () => assert.equal(tilesOrigin(url), origin));

  for (const url of [
    "",
    "tiles/{z}/{x}/{y}.png",
    "https://tiles.example/{z}/{x}.png",
    "https://tiles.example/{z}/{x}/{y}/{s}.png",
    "https://{x}.tiles.example/{z}/{y}.png",
    "https://tiles.example/{z}/{x}/{y}.png; script-src *",
    "javascript:alert('{z}{x}{y}')",
    "data:image/png,{z}{x}{y}",
    "https://user:secret@tiles.example/{z}/{x}/{y}.png",
    "https://tiles.example/{z}/{z}/{x}/{y}.png",
  ])
    it(`${url || "nothing"} is none`, () => assert.equal(tilesOrigin(url), undefined));
});
