import type { WelcomeFrame } from '@wildcast/protocol'
import { type ClientFrame, firstFinalCloseCode, type RelayFrame, WildcastError } from '@wildcast/protocol'
import { toCloseError } from '../exchanges/failure.js'
import type { ErrorStage, Fault } from '../options.js'
import { openAlarm } from '../time/alarm.js'
import type { OpenTransport, Transport, TransportSettings } from '../transports/transport.js'
import { type Connection, connectDeadlineMs, type Happening, type Status, step } from './connection.js'

/** How to reach the relay. */
export interface LinkSettings extends TransportSettings {
  readonly token?: string | (() => string | Promise<string>) | undefined
  readonly loadTransport: () => OpenTransport | Promise<OpenTransport>
  readonly fault: Fault
}

/** What a link tells. */
export interface LinkEvents {
  /** Frames can be sent, but nobody has answered yet. */
  opened(): void
  /** The relay has answered: everything that waits may be sent now. */
  welcomed(): void
  frame(frame: RelayFrame, receivedAt: number): void
  /** What was in flight is lost; `status` says already what comes next. */
  lost(reason: WildcastError): void
  status(status: Status): void
}

/** The way to the relay, kept up by itself. */
export interface Link {
  readonly status: Status
  /** Why the relay closed it for good; undefined if it did not. */
  readonly refusal: WildcastError | undefined
  readonly welcome: WelcomeFrame | undefined
  /** Sends a frame; false if no transport is open. Throws if the frame can not be encoded. */
  send(frame: ClientFrame): boolean
  connect(): void
  /** Verifies the connection after a sleep. */
  wake(): void
  close(): void
}

const client = 'wildcast-js/0.1.0'

/** Does what `step` says: one attempt at a time, one timer. */
export function openLink(settings: LinkSettings, events: LinkEvents): Link {
  const { clock, fault, token, loadTransport } = settings
  const alarm = openAlarm(clock)
  let connection: Connection = { state: 'idle', since: clock.now() }
  let status: Status = connection
  let welcome: WelcomeFrame | undefined
  let attempt = 0
  let transport: Transport | undefined
  let isOpen = false
  let heardAt = 0
  /** What the attempt is at. */
  let stage: ErrorStage = 'token'
  let outageReported = false

  const happen = (happening: Happening): void => {
    const from = connection
    const moment = { now: clock.now(), chance: clock.random() }
    const { to, lost, armMs, open, subscribe, flush } = step(from, happening, moment)
    const over = to.state === 'closed'
    const changed = to.state !== status.state || to.since !== status.since
    connection = to
    if (changed) status = to
    if (lost) {
      attempt++
      isOpen = false
      transport?.close(over ? 1000 : undefined)
    }
    if (armMs !== undefined) alarm.set(armMs, check('rang'))
    if (over) alarm.stop()
    if (open) void start()
    if (subscribe) events.opened()
    if (flush) {
      outageReported = false
      events.welcomed()
    }
    if (lost) events.lost(lost)
    if (from.state === 'connecting' && to.state === 'waiting') {
      // A token that can't be had is reported each time, a relay that can't be reached once until it is.
      if (stage === 'token' || !outageReported) fault(to.reason, stage)
      outageReported ||= stage === 'transport'
    }
    if (changed && status === to) events.status(to) // else something happened meanwhile, and was told
  }
  const check = (type: 'rang' | 'woke') => (): void => {
    const now = clock.now()
    heardAt = Math.min(heardAt, now) // somebody may have put the clock back
    happen({ type, silentMs: now - heardAt })
  }
  const send = (frame: ClientFrame): boolean => {
    if (isOpen) transport?.send(frame)
    return isOpen
  }
  const hear = (frame: RelayFrame): void => {
    heardAt = clock.now()
    if (frame.kind === 'Ping') send({ kind: 'Pong' })
    else if (frame.kind === 'GoingAway') happen({ type: 'goingAway', window: frame.reconnect_in })
    else if (frame.kind === 'Welcome') {
      welcome = frame
      happen({ type: 'welcomed', pingMs: frame.ping, transport: transport?.kind })
    } else events.frame(frame, heardAt)
  }
  /** One attempt: asks for a token, opens a transport, says hello. What comes of it after it was dropped means nothing. */
  const start = async (): Promise<void> => {
    const mine = attempt
    stage = 'token'
    const fail = (cause: unknown): void => {
      if (attempt === mine) happen({ type: 'failed', reason: WildcastError.from(cause) })
    }
    try {
      const proof = typeof token === 'function' ? await token() : token
      if (attempt !== mine) return
      stage = 'transport'
      alarm.set(connectDeadlineMs, check('rang'))
      const openTransport = await loadTransport()
      if (attempt !== mine) return
      transport = openTransport(
        {
          open() {
            if (attempt !== mine) return
            isOpen = true
            try {
              send({ kind: 'Connect', token: proof, client })
            } catch (cause) {
              stage = 'token' // nothing else in it can fail to be encoded
              return fail(cause)
            }
            happen({ type: 'opened' })
          },
          frame(frame) {
            if (attempt === mine) hear(frame)
          },
          fault: (error) => fault(error, 'protocol'),
          close({ code, reason }) {
            if (attempt !== mine) return
            const unseen = connection.state === 'connecting' ? `closed before Welcome (${code}): is a relay there?` : ''
            happen({ type: 'failed', reason: toCloseError(code, reason || unseen), final: code >= firstFinalCloseCode })
          },
        },
        settings,
      )
    } catch (cause) {
      fail(cause)
    }
  }
  return {
    get status() {
      return status
    },
    get refusal() {
      return status.state === 'closed' ? status.reason : undefined
    },
    get welcome() {
      return welcome
    },
    send,
    connect: () => happen({ type: 'wanted' }),
    wake: check('woke'),
    close: () => happen({ type: 'ended' }),
  }
}
