/** One seed for all: the kill matrix and the mutation score are committed, so they must come out the same. */
export const VERIFY_SEED = 42;
