import type { PublishContent } from '../publishing/publish.js'

/** When a message was sent, and to which relay process: only that one remembers its key. */
export interface Sending {
  readonly relay: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A message without an id. */
export interface NewMessage {
  /** The client that sends the message. */
  readonly owner: string
  readonly content: PublishContent
  readonly bytes: number
  /** When it was published: milliseconds since 1970. */
  readonly queuedAt: number
  /** Undefined if the message was certainly not sent. */
  readonly sending: Sending | undefined
}

/** A message that was deleted before it had an outcome. */
export interface DiscardedMessage {
  readonly id: number
  /** The client that would have sent it. */
  readonly owner: string
}

/** A message in IndexedDB. Ids ascend in the order of the publishes. */
export interface KeptMessage extends NewMessage {
  readonly id: number
}
