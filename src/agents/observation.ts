/** What came of an action. */
export interface Observation {
  /** False when the action did not do what it was meant to. */
  readonly ok: boolean;
  /** What goes back to the model. */
  readonly text: string;
  /** The same in a few words, for people and for when the conversation is shortened. */
  readonly summary: string;
}
