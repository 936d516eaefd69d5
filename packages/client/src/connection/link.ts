import {
  type ClientFrame,
  firstFinalCloseCode,
  type RelayFrame,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol/client'
import type { Fault } from '../app/fault.js'
import { type Alarm, openAlarm } from '../time/alarm.js'
import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transports/transport.js'
import { step } from './connection.js'
import type { Connection, Happening } from './connection-step.js'
import type { LinkEvents } from './link-events.js'
import type { Status } from './status.js'
import { toCloseError } from './to-close-error.js'

/** How to reach the relay. */
export interface LinkSettings extends TransportSettings {
  readonly token?: string | (() => string | Promise<string>) | undefined
  readonly loadTransport: () => OpenTransport | Promise<OpenTransport>
  readonly fault: Fault
}

const client = 'wildcast-js/0.1.0'

/** The connection to the relay, kept up by itself. Does what `step` says: one attempt at a time, one timer. */
export class Link {
  readonly #settings: LinkSettings
  readonly #events: LinkEvents
  readonly #alarm: Alarm
  #connection: Connection
  #status: Status
  #welcome: WelcomeFrame | undefined
  #transport: Transport | undefined
  /** Its number. What comes of an attempt after it was dropped is ignored. */
  #attempt = 0
  #heardAt = 0

  constructor(settings: LinkSettings, events: LinkEvents) {
    this.#settings = settings
    this.#events = events
    this.#alarm = openAlarm(settings.clock)
    this.#status = this.#connection = { state: 'idle', since: settings.clock.now() }
  }

  get status(): Status {
    return this.#status
  }

  /** Why the relay closed it for good; undefined if it did not. */
  get refusal(): WildcastError | undefined {
    return this.#status.state === 'closed' ? this.#status.reason : undefined
  }

  get welcome(): WelcomeFrame | undefined {
    return this.#welcome
  }

  /** Sends a frame; false if no transport is open. Throws if the frame can not be encoded. */
  send(frame: ClientFrame): boolean {
    const connection = this.#connection
    const isOpen =
      connection.state === 'online' || (connection.state === 'connecting' && connection.stage === 'greeting')
    if (isOpen) this.#transport?.send(frame)
    return isOpen
  }

  connect(): void {
    this.#happen({ type: 'wanted' })
  }

  /** Verifies the connection after a sleep. */
  wake(): void {
    this.#check('woke')
  }

  close(): void {
    this.#happen({ type: 'ended' })
  }

  #happen(happening: Happening): void {
    const { clock, fault } = this.#settings
    const events = this.#events
    const moment = { now: clock.now(), chance: clock.random() }
    const { to, lost, armMs, open, notify, report } = step(this.#connection, happening, moment)
    const { state, since } = this.#status
    const changed = to.state !== state || to.since !== since
    this.#connection = to
    if (changed) this.#status = to
    if (lost) {
      this.#attempt++
      this.#transport?.close(to.state === 'closed' ? 1000 : undefined)
      this.#alarm.stop()
    }
    if (armMs !== undefined) this.#alarm.set(armMs, () => this.#check('rang'))
    if (open) void this.#open()
    if (notify) events[notify]()
    if (lost) {
      events.lost(lost)
      if (report) fault(lost, report)
    }
    if (changed && this.#status === to) events.status(to) // else something happened meanwhile, and was reported
  }

  #check(type: 'rang' | 'woke'): void {
    const now = this.#settings.clock.now()
    this.#heardAt = Math.min(this.#heardAt, now) // somebody may have put the clock back
    this.#happen({ type, silentMs: now - this.#heardAt })
  }

  /** One attempt: asks for a token, opens a transport, sends `Connect`. What comes of it after it was dropped is ignored. */
  async #open(): Promise<void> {
    const { token, loadTransport } = this.#settings
    const attempt = this.#attempt
    const isCurrent = (): boolean => attempt === this.#attempt
    try {
      const proof = typeof token === 'function' ? await token() : token
      JSON.stringify(proof) // throws now if it can't be sent later
      if (!isCurrent()) return
      this.#happen({ type: 'proved' })
      const openTransport = await loadTransport()
      if (isCurrent()) this.#transport = openTransport(this.#eventsOf(isCurrent, proof), this.#settings)
    } catch (cause) {
      if (isCurrent()) this.#happen({ type: 'failed', reason: WildcastError.from(cause) })
    }
  }

  #eventsOf(isCurrent: () => boolean, token: string | undefined): TransportEvents {
    return {
      open: () => {
        if (!isCurrent()) return
        this.#transport?.send({ kind: 'Connect', token, client })
        this.#happen({ type: 'opened' })
      },
      frame: (frame) => {
        if (isCurrent()) this.#hear(frame)
      },
      fault: (error) => this.#settings.fault(error, 'protocol'),
      close: ({ code, reason }) => {
        if (!isCurrent()) return
        const unseen = this.#connection.state === 'connecting' && `closed before Welcome (${code}): is a relay there?`
        const final = code >= firstFinalCloseCode
        this.#happen({ type: 'failed', reason: toCloseError(code, reason || unseen || ''), final })
      },
    }
  }

  #hear(frame: RelayFrame): void {
    this.#heardAt = this.#settings.clock.now()
    switch (frame.kind) {
      case 'Ping':
        this.send({ kind: 'Pong' })
        break
      case 'GoingAway':
        this.#happen({ type: 'goingAway', window: frame.reconnect_in })
        break
      case 'Welcome':
        this.#welcome = frame
        this.#happen({ type: 'welcomed', pingMs: frame.ping, transport: this.#transport?.kind })
        break
      default:
        this.#events.frame(frame, this.#heardAt)
    }
  }
}
