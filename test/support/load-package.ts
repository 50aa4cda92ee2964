// A process of its own, because Node-RED's loader is one of a kind in a process.
// Loads the package in the given folder with Node-RED's real loader and prints what it made of it as JSON.
import { join } from "node:path";
import { nodeRedRequire } from "./node-red";

type Language = "en-US" | "de";

export interface LoadedPackage {
  readonly version: string;
  readonly sets: {
    readonly id: string;
    readonly enabled: boolean;
    readonly error: string | null;
    readonly types: { readonly type: string; readonly hasConstructor: boolean }[];
  }[];
  readonly plugins: {
    readonly id: string;
    readonly enabled: boolean;
    readonly error: string | null;
    /** How many texts there are at the top of its catalogue in each language. */
    readonly keys: Record<Language, number>;
  }[];
  /** The editor's HTML in each language, of the nodes and of the plugins. */
  readonly html: Record<Language, string>;
  readonly pluginHtml: Record<Language, string>;
}

async function main(packageDir: string): Promise<LoadedPackage> {
  const util = nodeRedRequire("@node-red/util");
  const registry = nodeRedRequire("@node-red/registry");
  const { version } = nodeRedRequire("node-red/package.json");
  const settings = {
    version,
    nodesDir: [packageDir],
    externalModules: { palette: { allowInstall: false } },
    logging: { console: { level: "off" } },
    available: () => false,
    get: () => undefined,
    set: async () => undefined,
    registerNodeSettings: () => undefined,
    enableNodeSettings: () => undefined,
    disableNodeSettings: () => undefined,
  };
  util.init(settings);
  await util.i18n.init(settings);
  registry.init({
    settings,
    version: () => version,
    log: util.log,
    events: util.events,
    hooks: util.hooks,
    i18n: util.i18n,
    util: util.util,
    plugins: registry,
    library: { register: () => undefined },
    nodes: {
      createNode: () => undefined,
      getNode: () => undefined,
      registerType: (set: string, type: string, create: unknown) => registry.registerType(set, type, create),
    },
  });
  await registry.load();
  const { name } = require(join(packageDir, "package.json"));
  const sets = registry.getNodeList().filter((set: { module: string }) => set.module === name);
  const catalogue = async (language: Language, id: string): Promise<number> => {
    await util.i18n.i.changeLanguage(language);
    return Object.keys(util.i18n.i.getResourceBundle(language, id) ?? {}).length;
  };
  const plugins = [];
  for (const plugin of registry.getPluginList()) {
    if (plugin.module !== name) continue;
    const keys = { "en-US": await catalogue("en-US", plugin.id), de: await catalogue("de", plugin.id) };
    plugins.push({
      id: plugin.id,
      enabled: plugin.enabled,
      error: plugin.err === undefined ? null : String(plugin.err),
      keys,
    });
  }
  return {
    version,
    plugins,
    pluginHtml: { "en-US": registry.getPluginConfigs("en-US"), de: registry.getPluginConfigs("de") },
    sets: sets.map((set: { id: string; enabled: boolean; err?: unknown; types: string[] }) => ({
      id: set.id,
      enabled: set.enabled,
      error: set.err === undefined ? null : String(set.err),
      types: set.types.map((type) => ({ type, hasConstructor: typeof registry.get(type) === "function" })),
    })),
    html: { "en-US": registry.getNodeConfigs("en-US"), de: registry.getNodeConfigs("de") },
  };
}

if (require.main === module) {
  main(process.argv[2] as string).then(
    (loaded) => process.stdout.write(JSON.stringify(loaded), () => process.exit(0)),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}
