import { WildcastError } from '@wildcast/protocol'
import { BoundedMap } from './bounded-map.js'

/** The error that refuses a part of an answer, so that its responder sends no more parts. */
export function unawaited(): WildcastError {
  return new WildcastError('interrupted', 'the request has ended; send no more parts of its answer')
}

/** How many answers are remembered. The responders of older ones have ended. */
const mostKnown = 10_000

/** The answers that no request awaits, by the subject or address that they are sent to. */
export class Unawaited {
  readonly #known: BoundedMap<string, true> = new BoundedMap(mostKnown)

  add(answerOn: string): void {
    this.#known.set(answerOn, true)
  }

  /** @throws {WildcastError} `interrupted` if no request awaits the answer */
  check(answerOn: string): void {
    if (this.#known.has(answerOn)) throw unawaited()
  }
}
