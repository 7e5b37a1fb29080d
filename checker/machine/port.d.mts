export declare const PORT: number;
export declare function freePort(from?: number): Promise<number>;
