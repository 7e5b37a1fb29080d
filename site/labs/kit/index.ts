/**
 * What a lab imports: the model's interface, the hook that runs it, its frame, and the controls that every lab shares.
 */
export { Choice, Slider, Timeline, Transport } from "./controls.tsx";
export { LabFrame } from "./frame.tsx";
export { LabKeys } from "./keys.tsx";
export { type LabModel, LabSession } from "./session.ts";
export { Tabs } from "./tabs.tsx";
export { Fold, Hidden, Log, Title, Told } from "./text.tsx";
export { type LabControls, type LabOptions, prefersReducedMotion, useLab } from "./useLab.ts";
