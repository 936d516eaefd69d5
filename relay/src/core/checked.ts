/** An action that passed all checks, but for a decision that is pending. */
export interface Checked<Result> {
  readonly broker: string
  readonly result: Result
  /** Resolves if the action is allowed. Undefined if it is allowed already. */
  readonly decided: Promise<void> | undefined
}
