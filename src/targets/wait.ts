/** Why something is not done now, and until when, if a time is known (wall clock). */
export interface Wait {
  readonly container?: string;
  readonly reason: string;
  readonly message: string;
  readonly untilMs?: number;
}
