/** What the nodes' dialogs share, as the global `RedTrackers`. Bundled into resources/editor.js. */
export * as broker from "./broker";
export * as deviceConfig from "./device-config";
export * as globalmatixDecoder from "./globalmatix-decoder";
export * as outputCommand from "./output-command";
export { chooseOnly, keepEnvironment } from "./red";
export * as sidebar from "./sidebar/index";
export * as simulator from "./simulator";
export * as validate from "./validate";
