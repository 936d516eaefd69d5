/** What became of a publish: the broker has it; or nobody knows, since the session was lost on the way, or the server speaks classic. */
export type PublishOutcome = 'confirmed' | 'unknown'
