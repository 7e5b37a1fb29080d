import { freshDatabase, stage, subject } from "../../../kit/index.ts";
import { claimPromises } from "./claims.ts";
import { deadLetterPromises } from "./dead-letters.ts";
import { decisionPromises } from "./decisions.ts";
import { orderPromises } from "./order.ts";
import { type Knobs, type Module, World } from "./world.ts";

const module = await subject<Module>();
const db = await freshDatabase();
const open = (knobs?: Knobs): Promise<World> => World.open(db, module, knobs);

stage(1, "When to try again", () => decisionPromises(module));
stage(2, "Claim, finish, give back", () => claimPromises(open, module));
stage(3, "Order per payment", () => orderPromises(open));
stage(4, "Dead letters and redrive", () => deadLetterPromises(open));
