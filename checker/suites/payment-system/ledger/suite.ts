import { freshDatabase, stage, subject } from "../../../kit/index.ts";
import { clientBehaviors } from "./stage-clients.ts";
import { holdBehaviors } from "./stage-holds.ts";
import { hotBehaviors } from "./stage-hot.ts";
import { postBehaviors } from "./stage-post.ts";
import { type Subject, World } from "./world.ts";

const module = await subject<Subject>();
const db = await freshDatabase();
const newWorld = (): Promise<World> => World.open(module, db);

stage(1, "Post what balances", () => postBehaviors(module, newWorld));

stage(2, "Holds", () => holdBehaviors(newWorld));

stage(3, "Many clients at once", () => clientBehaviors(newWorld));

stage(4, "Hot accounts", () => hotBehaviors(newWorld));
