/** What the nodes' dialogs share, as the global `RedTrackers`. Bundled into resources/editor.js. */
export { GLOBALMATIX } from "../../src/protocols/globalmatix/index";
export { DEFAULT_PROTOCOL } from "../../src/protocols/index";
export { IOTM } from "../../src/protocols/iotm/index";
export * as alarms from "../alarms/dialog";
export * as broker from "../broker/dialog";
export * as deviceConfig from "../device-config/dialog";
export * as format from "../format/dialog";
export * as globalmatixDecoder from "../globalmatix-decoder/dialog";
export * as map from "../map/dialog";
export * as outputCommand from "../output-command/dialog";
export * as simulator from "../simulator/dialog";
export * as trips from "../trips/dialog";
export { chooseOnly, keepEnvironment } from "./kit/red";
export { upgradeNodes } from "./kit/upgrade";
export * as validate from "./kit/validate";
export * as sidebar from "./sidebar/index";
