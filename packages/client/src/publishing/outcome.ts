/**
 * What became of a publish: the broker has it; or nobody knows, since the session was lost on the
 * way, or the server speaks classic.
 */
export type PublishOutcome = 'confirmed' | 'unknown'

/**
 * What a publish is doing. `waiting`: for a connection. `sent`: for the answer of the relay. The
 * others are final.
 */
export type PublicationState = 'waiting' | 'sent' | 'rejected' | PublishOutcome
