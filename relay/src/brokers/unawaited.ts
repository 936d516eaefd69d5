import { WildcastError } from '@wildcast/protocol'
import { BoundedMap } from './bounded-map.js'

/** Refuses a part of an answer, so that its responder makes no more of them. */
export function unawaited(): WildcastError {
  return new WildcastError('interrupted', 'nobody awaits this answer any more; make no more parts of it')
}

/** Past so many the oldest is forgotten: its responder has ended long ago. */
const mostKnown = 10_000

/** The answers that are known to be awaited by nobody, by where they go. */
export class Unawaited {
  readonly #known: BoundedMap<string, true> = new BoundedMap(mostKnown)

  add(answerOn: string): void {
    this.#known.set(answerOn, true)
  }

  /** @throws {WildcastError} `interrupted` */
  check(answerOn: string): void {
    if (this.#known.has(answerOn)) throw unawaited()
  }
}
