/** Thrown by every part of an exercise that is still to be written. The grader knows it by its name. */
export class NotStarted extends Error {
  constructor(where: string) {
    super(where);
    this.name = "NotStarted";
  }
}
