import type { ClientFrame, RelayFrame, WelcomeFrame, WildcastError } from '@wildcast/protocol'
import { openAlarm } from './alarm.js'
import { type Connection, type Effect, type Happening, type Status, step } from './connection.js'
import { type Line, type LineEvents, type LineSettings, openLine } from './line.js'

/** What a link tells. */
export interface LinkEvents {
  /** Everything that waits may be sent now. */
  greet(): void
  frame(frame: RelayFrame): void
  /** What was in flight is lost; `status` says already what comes next. */
  lost(reason: WildcastError): void
  status(status: Status): void
}

/** The way to the relay, kept up by itself. */
export interface Link {
  readonly status: Status
  readonly welcome: WelcomeFrame | undefined
  /** Sends a frame; false where there is no way now. */
  send(frame: ClientFrame): boolean
  connect(): void
  /** Verifies the connection after a sleep. */
  wake(): void
  close(): void
}

/** Does what `step` says: one line at a time, one timer. */
export function openLink(settings: LineSettings, events: LinkEvents): Link {
  const { clock } = settings
  let connection: Connection = { state: 'idle', since: clock.now() }
  let status: Status = connection
  let welcome: WelcomeFrame | undefined
  let line: Line | undefined
  let heardAt = 0

  const happen = (happening: Happening): void => {
    const { to, effects } = step(connection, happening, { now: clock.now(), chance: clock.random() })
    connection = to
    const changed = to.state !== status.state || to.since !== status.since
    if (changed) status = to
    effects.forEach(run)
    if (changed && status === to) events.status(to) // else something happened meanwhile, and was told
  }
  const check = (type: 'rang' | 'woke') => (): void => {
    const now = clock.now()
    heardAt = Math.min(heardAt, now) // somebody may have put the clock back
    happen({ type, silentMs: now - heardAt })
  }
  const alarm = openAlarm(clock)
  const lineEvents: LineEvents = {
    open: () => happen({ type: 'opened' }),
    frame(frame) {
      heardAt = clock.now()
      if (frame.kind === 'Ping') line?.send({ kind: 'Pong' })
      if (frame.kind === 'Welcome') welcome = frame
      const happening = toHappening(frame)
      if (happening) happen(happening)
      else events.frame(frame)
    },
    close: (reason, final) => happen({ type: 'failed', reason, final }),
  }
  const drop = (code: number | undefined): void => {
    line?.close(code)
    line = undefined
  }
  const run = (effect: Effect): void => {
    if (effect.type === 'open') line = openLine(settings, lineEvents)
    else if (effect.type === 'drop') drop(effect.code)
    else if (effect.type === 'arm') alarm.set(effect.ms, check('rang'))
    else if (effect.type === 'disarm') alarm.stop()
    else if (effect.type === 'greet') events.greet()
    else events.lost(effect.reason)
  }

  return {
    get status() {
      return status
    },
    get welcome() {
      return welcome
    },
    send: (frame) => line?.send(frame) ?? false,
    connect: () => happen({ type: 'wanted' }),
    wake: check('woke'),
    close: () => happen({ type: 'ended' }),
  }
}

/** What a frame means for the connection itself. */
function toHappening(frame: RelayFrame): Happening | undefined {
  if (frame.kind === 'Welcome') return { type: 'welcomed', pingMs: frame.ping }
  if (frame.kind === 'GoingAway') return { type: 'goingAway', window: frame.reconnect_in }
  return undefined
}
