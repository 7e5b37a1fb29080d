/** Exit codes of the command line contract. */
export const EXIT = { passed: 0, notPassed: 1, usage: 2, graderFailed: 3, interrupted: 130, readerLeft: 141 } as const;
