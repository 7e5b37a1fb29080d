/** What a lab imports: the model's interface, the hook that runs it, and the controls that every lab shares. */
export { Choice, LabFrame, Slider, Timeline, Transport } from "./controls.tsx";
export { type LabModel, LabSession } from "./session.ts";
export { type LabControls, type LabOptions, prefersReducedMotion, useLab } from "./useLab.ts";
