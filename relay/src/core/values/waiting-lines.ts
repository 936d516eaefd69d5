import { refusal, type Subject } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { Hub } from '../hub.js'
import { WaitingLine, type WaitingWrite, type WaitOptions } from './waiting-line.js'

/** The most writes that wait for one subject. */
const mostOfSubject = 10_000

/** The lines of a relay, by broker and subject. */
export class WaitingLines {
  readonly #hub: Hub
  readonly #clock: Clock
  readonly #lines: Map<string, WaitingLine> = new Map()

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub
    this.#clock = clock
  }

  /** See `WaitingLine.wait`. @throws {WildcastError} by rejection: `rate_limited` */
  async wait(broker: string, subject: Subject, write: WaitingWrite, options: WaitOptions): Promise<string | undefined> {
    options.signal?.throwIfAborted()
    const line = this.#lines.get(keyOf(broker, subject)) ?? this.#open(broker, subject)
    if (line.size >= mostOfSubject)
      throw refusal('rate_limited', `${mostOfSubject} publishes wait for "${subject}"; try again later`)
    return line.wait(write, options)
  }

  /** A client whose writes wait for a subject has a connection again. */
  wake(broker: string, subject: Subject): void {
    this.#lines.get(keyOf(broker, subject))?.wake()
  }

  #open(broker: string, subject: Subject): WaitingLine {
    const [hub, key] = [this.#hub, keyOf(broker, subject)]
    const line = new WaitingLine({
      clock: this.#clock,
      read: () => hub.values(broker).read(subject),
      listen: (listener) => hub.listen(broker, { pattern: subject }, listener),
      whenBack: (run) => hub.whenBack(broker, run),
      ended: () => this.#lines.delete(key),
    })
    this.#lines.set(key, line)
    return line
  }
}

/** Neither can contain a space. */
function keyOf(broker: string, subject: Subject): string {
  return `${broker} ${subject}`
}
