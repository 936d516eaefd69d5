import { WildcastError } from '@wildcast/protocol/client'
import type { PartPorts } from '../part.js'
import { mayRepeat, type ReportState } from '../publishing/publish.js'
import type { KeptMessage, Sending } from './kept-message.js'
import type { MessageStore } from './message-store.js'

/** A message that this client sends. */
interface Entry {
  readonly message: KeptMessage
  /** Undefined if the page that published it is gone. */
  readonly report: ReportState | undefined
  sending: Sending | undefined
  /** It may have arrived already, under its key. */
  wasSent: boolean
}

/** How many messages may be on their way at once. */
const mostOnTheWay = 64

/** Sends what is kept, in order, and forgets what has an outcome. */
export class OutboxSender {
  readonly #ports: PartPorts
  readonly #store: MessageStore
  /** In order. */
  #waiting: Entry[] = []
  readonly #onTheWay = new Set<Entry>()
  #isSending = false

  constructor(ports: PartPorts, store: MessageStore) {
    this.#ports = ports
    this.#store = store
  }

  /** How a message would be sent now, behind others; undefined if it has to wait. */
  sending(others: number = 0): Sending | undefined {
    const { status, welcome } = this.#ports.connection
    if (status.state !== 'online' || !welcome || others >= mostOnTheWay) return undefined
    return { relay: welcome.relay, at: this.#ports.clock.now() }
  }

  /** Sends a message of this page in its turn. */
  accept(message: KeptMessage, report: ReportState): void {
    this.#waiting.push({ message, report, sending: message.sending, wasSent: false })
    this.send()
  }

  /** Sends messages of a page that is gone. */
  adopt(messages: readonly KeptMessage[]): void {
    for (const message of messages) {
      const { sending } = message
      this.#waiting.push({ message, report: undefined, sending, wasSent: sending !== undefined })
    }
    this.#sort()
    this.send()
  }

  /** Sends as much as it can. */
  send(): void {
    if (this.#isSending) return
    this.#isSending = true
    void this.#sendAll()
  }

  /** The client is closed: what is kept is sent by another. */
  close(): void {
    for (const { report } of [...this.#onTheWay, ...this.#waiting]) report?.('unknown')
    this.#waiting = []
    this.#onTheWay.clear()
  }

  async #sendAll(): Promise<void> {
    while (true) {
      const sending = this.sending()
      const batch = this.#waiting.slice(0, mostOnTheWay - this.#onTheWay.size)
      if (!sending || batch.length === 0) break
      // Written down first: after a crash, a message that may have been sent must not pass for a
      // new one.
      const unmarked = batch.filter((entry) => !entry.wasSent && entry.sending?.relay !== sending.relay)
      if (unmarked.length > 0) await this.#mark(unmarked, sending)
      if (this.sending()?.relay !== sending.relay) continue // meanwhile it is another
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
      // Not to send them would be worse.
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
    this.#onTheWay.add(entry)
    const report: ReportState = (state, cause) => {
      if (state === 'sent') entry.report?.(state)
      else if (this.#onTheWay.delete(entry)) this.#end(entry, state, cause)
    }
    try {
      this.#ports.publish(message.content, report, sentAt)
    } catch (cause) {
      report('rejected', cause)
    }
  }

  #end(entry: Entry, state: Parameters<ReportState>[0], cause: unknown): void {
    // A client that is closed does not know; `reconnect` may bring it back after a refusal of the
    // relay.
    if (this.#ports.connection.status.state !== 'closed') this.#settle(entry, state, cause)
    else {
      this.#waiting.push(entry)
      this.#sort()
    }
  }

  /** By the order in which they were published. */
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

/** What became of a message that nobody awaits. */
function outcomeErrorOf(subject: string, state: string, cause: unknown): WildcastError {
  const which = `a message on "${subject}" of an earlier page`
  if (state === 'unknown')
    return new WildcastError('interrupted', `${which} may have arrived or not: publish it again if that does no harm`)
  const { code, message, retry } = WildcastError.from(cause)
  return new WildcastError(code as 'internal', `${which} was refused: ${message}`, { cause, retry })
}
