import {
  type ErrorFrame,
  type GapFrame,
  type MessageFrame,
  type SubscribedFrame,
  type UnsubscribedFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { Core } from '../core.js'
import { toError } from '../exchanges/failure.js'
import { ReceivedMessage } from '../messages/message.js'
import { openAlarm } from '../time/alarm.js'
import { backoffMs } from '../time/backoff.js'
import type { Undo } from '../time/clock.js'
import type { Listener, Want } from './listener.js'
import type { SubscriptionStatus } from './subscription-events.js'

/** A frame about a subscription. */
export type SubscriptionFrame = MessageFrame | GapFrame | UnsubscribedFrame | ErrorFrame

/** One subscription on the wire, and everybody who shares it. */
export interface Interest {
  /** @throws {WildcastError} `already_served` */
  add(listener: Listener): Undo
  /** Subscribes on the wire, if there is one now. */
  ask(): void
  /** The relay refused it, or took it back. */
  refuse(error: WildcastError): void
  /** The id is gone. */
  lose(): void
  hear(frame: SubscriptionFrame, receivedAt: number): void
  /** Tells everybody the status, where it is news. */
  tell(): void
  /**
   * Asks again if the limit of subscriptions was the reason of its refusal. Returns whether it was.
   */
  retryLimit(): boolean
  /** The id is gone for ever. */
  close(): void
}

/** A listener, and what it has been told. */
interface Member extends Listener {
  status?: SubscriptionStatus
  /** Was ready once: what it misses from then on is a gap. */
  seen?: boolean
}

/** An undo within this time costs nothing on the wire: React mounts twice, routes change and come back. */
const lingerMs = 1_000

/** Opens an interest. `renamed` hears of each id, `left` that nobody wants it any more. */
export function openInterest(
  want: Want,
  core: Core,
  renamed: (from: number | undefined, to: number | undefined) => void,
  left: (id: number | undefined) => void,
): Interest {
  const { clock, call, link } = core
  const members = new Set<Member>()
  /** For the end of the linger while nobody is here, else for the next try. */
  const alarm = openAlarm(clock)
  /** Why it is refused now. That of the whole connection holds until the next one. */
  let { refusal } = link
  let phase: Exclude<SubscriptionStatus, 'idle' | 'reconnecting'> = refusal ? phaseOf(refusal) : 'connecting'
  let id: number | undefined
  let pattern = want.subject
  let refusals = 0

  /** Over a copy, so that a handler may subscribe and unsubscribe within a delivery. */
  const each = (run: (member: Member) => void, to = [...members]): void => {
    for (const member of to) if (members.has(member)) run(member)
  }
  const become = (next: typeof phase, nextId?: number): void => {
    alarm.stop()
    phase = next
    refusal = undefined
    renamed(id, nextId)
    id = nextId
  }
  const tell = (): void =>
    each((member) => {
      const idle = phase === 'connecting' && (link.status.state === 'idle' || link.status.state === 'closed')
      const again = member.seen && (phase === 'connecting' || phase === 'syncing')
      const status = idle ? 'idle' : again ? 'reconnecting' : phase
      if (member.status === status) return
      member.status = status
      member.seen ||= status === 'ready'
      call(member.onStatus, status)
    })
  const end = (): void => {
    if (phase === 'syncing') return // the relay is about to give it an id: only then can it be unsubscribed
    const last = id
    become('connecting')
    left(last)
  }
  const leave = (): void => {
    if (id === undefined || want.group !== undefined || want.serve) end()
    else alarm.set(lingerMs, end)
  }
  const lose = (): void => {
    become('connecting')
    if (members.size > 0) tell()
    else end()
  }
  const confirm = ({ id, subject }: SubscribedFrame): void => {
    become('ready', id)
    pattern = subject
    refusals = 0
    if (members.size === 0) leave()
    each((member) => member.seen && call(member.onGap, {}))
    tell()
  }
  const refuse = (error: WildcastError): void => {
    become(phaseOf(error))
    refusal = error
    if (members.size === 0) end()
    else if (error.retry) alarm.set(Math.max(backoffMs(refusals++, clock.random()), error.retryInMs ?? 0), ask)
    tell()
    fail(error)
  }
  const fail = (error: WildcastError, to = [...members]): void => {
    if (to.some(({ onError }) => !onError)) core.fault(error, 'subscription')
    each((member) => {
      call(member.onError, error)
      if (!error.retry) member.onEnd?.(error)
    }, to)
  }
  /** Repeats the refusal to a member that came after it, once its `subscribe` has returned. */
  const repeat = async (member: Member, error: WildcastError): Promise<void> => {
    await undefined
    if (members.has(member)) fail(error, [member])
  }
  const retryLimit = (): boolean => {
    const limited = refusal?.code === 'too_many_subscriptions'
    if (limited) ask()
    return limited
  }
  const ask = (): void => {
    become('syncing')
    const sent = core.ask(
      { kind: 'Subscribe', ...want },
      {
        answer: confirm,
        fail: (error) => phase === 'syncing' && refuse(error),
      },
    )
    if (!sent) phase = 'connecting'
    tell()
  }

  return {
    add(listener) {
      const member: Member = { ...listener }
      if (want.serve && members.size > 0)
        throw new WildcastError('already_served', `${want.subject} is served here already`)
      members.add(member)
      if (phase === 'ready') alarm.stop()
      if (phase === 'connecting') ask()
      else if (!retryLimit()) {
        tell()
        if (refusal) void repeat(member, refusal)
      }
      return () => {
        if (members.delete(member) && members.size === 0) leave()
      }
    },
    ask,
    refuse,
    lose,
    tell,
    retryLimit,
    hear(frame, receivedAt) {
      if (frame.kind === 'Message') {
        const message = new ReceivedMessage(frame, pattern, receivedAt, core)
        each((member) => call(member.onMessage, message))
      } else if (frame.kind === 'Gap') {
        each((member) => call(member.onGap, { missed: frame.missed }))
      } else if (frame.kind === 'Error') fail(toError(frame))
      else if (frame.error) refuse(toError(frame.error))
      else if (frame.kind === 'Unsubscribed') ask() // it shared its id with one that left
    },
    close() {
      lose()
      each((member) => member.onEnd?.())
    },
  }
}

function phaseOf({ code }: WildcastError): 'denied' | 'error' {
  return code === 'forbidden' || code === 'unauthorized' ? 'denied' : 'error'
}
