/**
 * What others have done for this process: answers of a database. Somebody who gets them waits for no promise in vain.
 */

let count = 0;

export function noteAnswer(): void {
  count++;
}

export const answersSoFar = (): number => count;
