import { defineBench } from "../../../kit/bench.ts";

type Module = typeof import("../../../../solutions/payment-system/retry-queue.ts");

export default defineBench<Module>([]);
