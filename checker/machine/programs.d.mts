type Environment = Readonly<Record<string, string | undefined>>;
export declare function findChromium(env?: Environment): string | null;
export declare function findProgram(name: string, env?: Environment): string | null;
