/**
 * The outcome of a publish. `confirmed`: the broker has the message. `unknown`: the session was
 * lost before the answer, or the server uses the classic dialect.
 */
export type PublishOutcome = 'confirmed' | 'unknown'

/**
 * The state of a publish. `waiting`: for a connection. `sent`: waiting for the relay's answer. The
 * others are final.
 */
export type PublicationState = 'waiting' | 'sent' | 'rejected' | PublishOutcome
