import { WildcastError } from '@wildcast/protocol/client'
import type { PartPorts } from '../part.js'
import { mayRepeat, type ReportState } from '../publishing/publish.js'
import type { KeptMessage, Sending } from './kept-message.js'
import type { MessageStore } from './message-store.js'

/** A message that this client sends. */
interface Entry {
  readonly message: KeptMessage
  /** Undefined if the page that published it has ended. */
  readonly report: ReportState | undefined
  sending: Sending | undefined
  /** The message may have arrived already, under its key. */
  wasSent: boolean
}

/** How many messages may be in flight at once. */
const mostInFlight = 64

/** Sends the messages of an outbox in order, and removes them when they have an outcome. */
export class OutboxSender {
  readonly #ports: PartPorts
  readonly #store: MessageStore
  /** Ordered by id. */
  #waiting: Entry[] = []
  readonly #inFlight = new Set<Entry>()
  /** Ids of discarded messages that this client does not have yet. */
  readonly #discarded = new Set<number>()
  #isSending = false

  constructor(ports: PartPorts, store: MessageStore) {
    this.#ports = ports
    this.#store = store
  }

  /** Returns the sending of a message after `others`; undefined if it has to wait. */
  sending(others: number = 0): Sending | undefined {
    const { status, welcome } = this.#ports.connection
    if (status.state !== 'online' || !welcome || others >= mostInFlight) return undefined
    return { relay: welcome.relay, at: this.#ports.clock.now() }
  }

  /** Sends a message of this page in order. */
  accept(message: KeptMessage, report: ReportState): void {
    const entry = { message, report, sending: message.sending, wasSent: false }
    if (this.#discarded.delete(message.id)) dropped(entry)
    else this.#waiting.push(entry)
    this.send()
  }

  /** Sends messages of a page that has ended. */
  adopt(messages: readonly KeptMessage[]): void {
    for (const message of messages) {
      const { id, sending } = message
      if (this.#discarded.delete(id)) continue
      this.#waiting.push({ message, report: undefined, sending, wasSent: sending !== undefined })
    }
    this.#sort()
    this.send()
  }

  /**
   * Forgets messages that are no longer kept. One that was sent may have arrived, and is not sent
   * again.
   */
  discard(ids: readonly number[]): void {
    const gone = new Set(ids)
    for (const entry of [...this.#inFlight, ...this.#waiting]) {
      if (!gone.delete(entry.message.id)) continue
      this.#inFlight.delete(entry)
      this.#waiting = this.#waiting.filter((other) => other !== entry)
      dropped(entry)
    }
    for (const id of gone) this.#discarded.add(id)
    this.send()
  }

  /** Sends messages until the limit in flight is reached. */
  send(): void {
    if (this.#isSending) return
    this.#isSending = true
    void this.#sendAll()
  }

  /** The client is closed: another client will send the messages. */
  close(): void {
    for (const { report } of [...this.#inFlight, ...this.#waiting]) report?.('unknown')
    this.#waiting = []
    this.#inFlight.clear()
  }

  async #sendAll(): Promise<void> {
    while (true) {
      const sending = this.sending()
      const batch = this.#waiting.slice(0, mostInFlight - this.#inFlight.size)
      if (!sending || batch.length === 0) break
      // Recorded first: after a crash, a message that may have been sent must not count as new.
      const unmarked = batch.filter((entry) => !entry.wasSent && entry.sending?.relay !== sending.relay)
      if (unmarked.length > 0) await this.#mark(unmarked, sending)
      if (this.sending()?.relay !== sending.relay) continue // the relay has changed meanwhile
      for (const entry of batch) if (this.#waiting[0] === entry) this.#sendFirst(entry, sending)
    }
    this.#isSending = false
  }

  async #mark(entries: readonly Entry[], sending: Sending): Promise<void> {
    for (const entry of entries) entry.sending = sending
    try {
      await this.#store.mark(
        entries.map(({ message }) => message.id),
        sending,
      )
    } catch (cause) {
      // Still sends them: not to send them would be worse.
      this.#fault(WildcastError.from(cause))
    }
  }

  #sendFirst(entry: Entry, { relay, at }: Sending): void {
    this.#waiting.shift()
    const { message, sending } = entry
    const sentAt = entry.wasSent ? sending?.at : undefined
    if (sentAt !== undefined && (sending?.relay !== relay || !mayRepeat(sentAt, at))) {
      this.#settle(entry, 'unknown')
      return
    }
    entry.wasSent = true
    this.#inFlight.add(entry)
    const report: ReportState = (state, cause) => {
      if (state === 'sent') entry.report?.(state)
      else if (this.#inFlight.delete(entry)) this.#end(entry, state, cause)
    }
    try {
      this.#ports.publish(message.content, report, sentAt)
    } catch (cause) {
      report('rejected', cause)
    }
  }

  #end(entry: Entry, state: Parameters<ReportState>[0], cause: unknown): void {
    // A closed client doesn't know the outcome. After a final refusal, `reconnect()` may send
    // again.
    if (this.#ports.connection.status.state !== 'closed') this.#settle(entry, state, cause)
    else {
      this.#waiting.push(entry)
      this.#sort()
    }
  }

  /** Restores the order of publishing. */
  #sort(): void {
    this.#waiting.sort((a, b) => a.message.id - b.message.id)
  }

  #settle({ message, report }: Entry, state: Parameters<ReportState>[0], cause?: unknown): void {
    const { id, content } = message
    this.#store.remove(id).catch((cause) => this.#fault(WildcastError.from(cause)))
    if (report) report(state, cause)
    else if (state !== 'confirmed') this.#fault(outcomeErrorOf(content.subject, state, cause))
    this.send()
  }

  #fault(error: WildcastError): void {
    this.#ports.fault(error, 'outbox')
  }
}

/** Reports the outcome of a discarded message to its publisher. */
function dropped({ report, wasSent }: Entry): void {
  if (wasSent) report?.('unknown')
  else report?.('rejected', new DOMException('the message was discarded, it was not sent', 'AbortError'))
}

/** Returns the error that reports the outcome of a message of an earlier page. */
function outcomeErrorOf(subject: string, state: string, cause: unknown): WildcastError {
  const which = `a message on "${subject}" of an earlier page`
  if (state === 'unknown')
    return new WildcastError('interrupted', `${which} may have arrived: publish it again if a duplicate does no harm`)
  const { code, message, retry } = WildcastError.from(cause)
  return new WildcastError(code as 'internal', `${which} was refused: ${message}`, { cause, retry })
}
