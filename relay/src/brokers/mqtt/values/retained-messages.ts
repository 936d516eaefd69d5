import type { Clock } from '../../../core/clock.js'
import { mqttEndedError } from '../failures.js'
import { overlap } from '../filters.js'
import { openPatiently } from '../patient-open.js'
import type { Take } from '../routes.js'
import type { MqttWire, WireEvents } from '../wire.js'

export interface RetainedMessagesPorts {
  /** Opens a connection for these messages only. */
  open(events: WireEvents): Promise<MqttWire>
  readonly clock: Clock
}

/** A connection, and the reads that it serves. */
interface Opened {
  readonly wire: Promise<MqttWire>
  readonly reads: Set<Read>
  isLost: boolean
}

interface Read {
  readonly filter: string
  readonly take: Take
}

/** How long the connection stays open without a read. */
const lingerMs = 10_000

/** How often a read begins again when its connection is lost. */
const mostTries = 3

/**
 * Reads the retained messages of a server. They come over a connection of their own: on another
 * one, subscriptions with overlapping filters would receive them.
 */
export class RetainedMessages {
  readonly #ports: RetainedMessagesPorts
  #opened: Opened | undefined
  #stopLinger: () => void = () => {}
  #isClosed = false

  constructor(ports: RetainedMessagesPorts) {
    this.#ports = ports
  }

  /**
   * Calls `take` with each retained message of a filter, and resolves after the last one. A message
   * may come twice; then the later one counts.
   * @throws {WildcastError} `forbidden`, or another refusal; `broker_down` when it was closed
   */
  async read(filter: string, take: Take): Promise<void> {
    for (let tries = 1; ; tries++) {
      const opened = this.#open()
      try {
        await this.#readOver(opened, { filter, take })
        return
      } catch (cause) {
        if (this.#isClosed) throw mqttEndedError()
        if (!opened.isLost || tries === mostTries) throw cause
      }
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopLinger()
    await closed(this.#opened)
  }

  async #readOver(opened: Opened, read: Read): Promise<void> {
    opened.reads.add(read)
    try {
      const wire = await opened.wire
      // The mark returns behind the retained messages.
      await Promise.all([wire.subscribeRetained(read.filter), wire.mark()])
      void wire.unsubscribe(read.filter)
    } finally {
      opened.reads.delete(read)
      this.#linger(opened)
    }
  }

  #open(): Opened {
    this.#stopLinger()
    if (this.#isClosed) throw mqttEndedError()
    const present = this.#opened
    if (present && !present.isLost) return present
    const reads: Opened['reads'] = new Set()
    const opened: Opened = { wire: this.#openWire(reads, () => lost()), reads, isLost: false }
    const lost = (): void => {
      opened.isLost = true
    }
    opened.wire.catch(() => {
      // Unlike a lost connection, a refused one is not opened again by the reads that wait for it.
      if (this.#opened === opened) this.#opened = undefined
    })
    this.#opened = opened
    return opened
  }

  #openWire(reads: Opened['reads'], lost: () => void): Promise<MqttWire> {
    const { open, clock } = this.#ports
    const received: Take = (packet) => {
      if (!packet.retain) return
      for (const { filter, take } of reads) if (overlap(filter, packet.topic)) take(packet)
    }
    return openPatiently({
      open: () => open({ received, lost }),
      clock,
      isClosed: () => this.#isClosed,
      why: 'values are read over a connection of their own',
    })
  }

  #linger(opened: Opened): void {
    if (this.#opened !== opened || opened.reads.size > 0 || this.#isClosed) return
    this.#stopLinger()
    this.#stopLinger = this.#ports.clock.after(lingerMs, () => {
      this.#opened = undefined
      void closed(opened)
    })
  }
}

function closed(opened: Opened | undefined): Promise<void> {
  return (
    opened?.wire.then(
      (wire) => wire.close(),
      () => {}, // never opened: the reads that wait for it have the failure
    ) ?? Promise.resolve()
  )
}
