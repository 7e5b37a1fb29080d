import { stage, subject } from "../../../kit/index.ts";
import { listBehaviors } from "./stage-list.ts";
import { partBehaviors } from "./stage-parts.ts";
import { putAndGetBehaviors } from "./stage-put-and-get.ts";
import { stormBehaviors } from "./stage-storms.ts";
import { versionBehaviors } from "./stage-versions.ts";
import type { Create } from "./world.ts";

const { ObjectStore } = await subject<typeof import("../../../../solutions/object-storage/object-store.ts")>();
const create: Create = (options) => new ObjectStore(options);

stage(1, "Put and get", () => putAndGetBehaviors(create));

stage(2, "Versions, markers, conditions", () => versionBehaviors(create));

stage(3, "List", () => listBehaviors(create));

stage(4, "Parts, and storms", () => {
  partBehaviors(create);
  stormBehaviors(create);
});
