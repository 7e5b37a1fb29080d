import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./files.ts";
import { lockFiles, missingPlatforms, platformOf } from "./lock.ts";

describe("lock files", () => {
  it.each(lockFiles())("%s names the binaries of every platform (mend it with `npm run lock`)", (file) => {
    const { packages } = JSON.parse(readFileSync(join(root, file), "utf8"));
    expect(Object.keys(missingPlatforms(packages))).toEqual([]);
  });

  it("are the course's and the peers'", () => {
    expect(lockFiles()).toEqual(expect.arrayContaining(["package-lock.json", "peers/package-lock.json"]));
  });

  it("finds an optional package that is listed nowhere above its user", () => {
    const user = {
      version: "1.0.0",
      dev: true,
      optionalDependencies: { "a-linux-x64-musl": "1.0.0", "a-darwin-arm64": "1.0.0" },
    };
    const packages = { "": {}, "node_modules/a": user, "node_modules/a-darwin-arm64": { version: "1.0.0" } };
    expect(missingPlatforms(packages)).toEqual({
      "node_modules/a-linux-x64-musl": {
        version: "1.0.0",
        dev: true,
        optional: true,
        os: ["linux"],
        cpu: ["x64"],
        libc: ["musl"],
      },
    });
  });

  it("reads the platform from a name, and says so when there is none", () => {
    expect(platformOf("@swc/core-win32-x64-msvc")).toEqual({ os: ["win32"], cpu: ["x64"] });
    expect(platformOf("@swc/core-linux-arm-gnueabihf")).toEqual({ os: ["linux"], cpu: ["arm"], libc: ["glibc"] });
    expect(platformOf("@biomejs/cli-linux-x64-musl")).toEqual({ os: ["linux"], cpu: ["x64"], libc: ["musl"] });
    expect(() => platformOf("fsevents")).toThrow("tells no platform");
  });
});
