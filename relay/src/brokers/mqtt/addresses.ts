import { BoundedMap } from '../bounded-map.js'

/** The address of the answer to a foreign request. */
export interface AnswerAddress {
  readonly topic: string
  /** The requester requires it in the answer. */
  readonly correlationData: Buffer | undefined
}

/** How many addresses are kept. The oldest are dropped: their requests were never answered. */
const mostRemembered = 10_000

/** The addresses of answers, by the subjects that stand for them. */
export class Addresses extends BoundedMap<string, AnswerAddress> {
  constructor() {
    super(mostRemembered)
  }
}
