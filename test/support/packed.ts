import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsFile } from "../../scripts/node-red";
import { run } from "./process";

/** An empty user folder of Node-RED into which this package was installed from its tarball. */
export interface PackedUserDir {
  readonly userDir: string;
  readonly tarball: string;
  /** The installed package. */
  readonly packageDir: string;
  remove(): Promise<void>;
}

export async function packedUserDir(): Promise<PackedUserDir> {
  const folder = await mkdtemp(join(tmpdir(), "trackers-"));
  const userDir = join(folder, "user");
  await mkdir(userDir);
  const packed = await run("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", folder]);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  await writeFile(join(userDir, "package.json"), '{"name":"node-red-project","private":true}');
  await writeFile(join(userDir, "settings.js"), settingsFile({ palette: { catalogues: [] } }));
  const tarball = join(folder, filename);
  await run("npm", ["install", "--loglevel=error", "--prefer-offline", tarball], { cwd: userDir });
  return {
    userDir,
    tarball,
    packageDir: join(userDir, "node_modules", "@mqtt-trackers", "node-red-trackers"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
