import { BoundedMap } from '../bounded-map.js'

/** Where an answer to a foreign question goes. */
export interface AnswerAddress {
  readonly topic: string
  /** The asker wants it back. */
  readonly correlationData: Buffer | undefined
}

/** Questions that are never answered are forgotten, the oldest first. */
const remembered = 10_000

/** Where answers go, by the subject that was handed out for each. */
export class Addresses extends BoundedMap<string, AnswerAddress> {
  constructor() {
    super(remembered)
  }
}
