export declare const root: string;
export declare const services: string;
export declare const NODE_MINIMUM: readonly [number, number];
export declare const INSTALL_TAKES: string;
export declare function nodeProblem(version?: string): string | null;
export declare function installState(at?: string): "missing" | "outdated" | "current";
export declare function writeStamp(at?: string): void;
export declare function linkBin(at?: string): void;
