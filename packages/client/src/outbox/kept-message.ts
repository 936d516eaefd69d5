import type { PublishContent } from '../publishing/publish.js'

/** When a message was sent, and to which relay process: only that one knows its key. */
export interface Sending {
  readonly relay: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A message, before it has a number. */
export interface NewMessage {
  /** The client that sends it. */
  readonly owner: string
  readonly content: PublishContent
  readonly bytes: number
  /** Undefined if it can't have been sent. */
  readonly sending: Sending | undefined
}

/** A message as IndexedDB has it. Numbers ascend in the order of the publishes. */
export interface KeptMessage extends NewMessage {
  readonly id: number
}
