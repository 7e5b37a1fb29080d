export declare function whenNpmEnds(end: () => void, env?: NodeJS.ProcessEnv): void;
