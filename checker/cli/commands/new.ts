import { defineCommand } from "../command.ts";
import { MachineError } from "../errors.ts";

export const newUnit = defineCommand({
  name: "new",
  usage: "<system>/<exercise>",
  summary: "For authors: every file of a new exercise, from templates.",
  positionals: { least: 1, most: 1 },
  options: {},
  async run() {
    throw new MachineError("not yet");
  },
});
