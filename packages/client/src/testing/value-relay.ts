import {
  type ClientFrame,
  type MessageFrame,
  matches,
  type Pattern,
  type Payload,
  parsePattern,
  type RelayFrame,
  type Subject,
} from '@wildcast/protocol'
import type { ClientOptions } from '../options.js'
import { type Connected, connect } from './connect.js'
import { settle } from './fake-clock.js'
import { welcome } from './scripted-relay.js'

/** A value of the relay. */
interface Stored {
  readonly message: Payload
  readonly revision: string
  readonly user: string | undefined
}
/** A subscription. */
interface Reader {
  readonly id: number
  readonly ref: number
  readonly pattern: Pattern
  readonly retained: boolean
  readonly count: boolean
}
type Of<Kind extends ClientFrame['kind']> = Extract<ClientFrame, { readonly kind: Kind }>

/** A client, and a relay that keeps values. */
export interface ValueRelay extends Connected {
  /** The values by subject. */
  readonly stored: Map<string, Stored>
  /** The kinds of frames that the relay doesn't answer. */
  readonly ignored: Set<ClientFrame['kind']>
  /** Publishes that wait for their condition. */
  readonly waiting: Of<'Publish'>[]
  /** The fields of `Welcome`. */
  hello: typeof welcome
  /** Whether a subscription gets its values by itself. @default true */
  isPrompt: boolean
  /** Writes a value as another client does; undefined deletes it. Returns the revision. */
  write(subject: string, message: Payload | undefined, user?: string): string
  /** Sends the number of the members to the subscriptions that count. */
  sendCount(id?: number): void
  /** Sends the values of the subscriptions with this id, then `Synced`. */
  sync(id?: number): void
  /** Writes the will of a subject, and notifies the client that it has lost it. */
  fire(subject: string): void
  /** Loses the connection, and the session if the relay keeps none. Resolves when it is back. */
  reconnect(): Promise<void>
}

/** Creates a client that is online, at a relay that keeps values. */
export async function connectToValues(options: Partial<ClientOptions> = {}): Promise<ValueRelay> {
  const connected = await connect(options)
  const { relay, clock } = connected
  const stored = new Map<string, Stored>()
  const ids = new Map<string, number>()
  let readers: Reader[] = []
  const wills = new Map<string, { readonly ref: number; readonly will: Payload | null }>()
  let count = 0

  const send = (frame: RelayFrame): void => {
    if (relay.link.closedWith === 'open') relay.link.send(frame)
  }
  const messageOf = (subject: string): MessageFrame => {
    const { message, revision, user } = stored.get(subject) as Stored
    return { kind: 'Message', subject, message, revision, user, broker: 'test' }
  }
  const write: ValueRelay['write'] = (subject, message, user) => {
    const revision = `t-${String(++count).padStart(4, '0')}`
    if (message === undefined) stored.delete(subject)
    else stored.set(subject, { message, revision, user })
    wills.delete(subject)
    const content: MessageFrame =
      message === undefined
        ? { kind: 'Message', subject, message: '', revision, deleted: true, broker: 'test' }
        : messageOf(subject)
    for (const id of new Set(
      readers.filter(({ pattern, count }) => !count && matches(pattern, subject as Subject)).map(({ id }) => id),
    ))
      send({ ...content, id })
    for (const frame of value.waiting.splice(0)) publish(frame)
    return revision
  }
  const publish = (frame: Of<'Publish'>): void => {
    const { subject, when, when_revision, watch, ref = 0, will, message } = frame
    const present = stored.get(subject)
    const isMet =
      (when === undefined || (when === null ? !present : present?.message === JSON.stringify(when))) &&
      (when_revision === undefined || when_revision === present?.revision)
    if (!isMet && watch) value.waiting.push(frame)
    else if (!isMet)
      send({ kind: 'Error', ref, code: 'condition_failed', message: 'no', retry: false, revision: present?.revision })
    else {
      const revision =
        message.length > 0 || present ? write(subject, message.length > 0 ? message : undefined) : undefined
      if (will !== undefined) wills.set(subject, { ref, will: will as Payload | null })
      send({ kind: 'Ack', ref, revision })
    }
  }
  const subscribe = ({ ref = 0, snapshot, retained = false, count = false, ...frame }: Of<'Subscribe'>): void => {
    const pattern = parsePattern(frame.subject)
    const key = count ? `${pattern} count` : pattern
    const id = ids.get(key) ?? ids.size + 1
    if (!snapshot) ids.set(key, id)
    send({ kind: 'Subscribed', ref, id: snapshot ? undefined : id, subject: pattern })
    if (!snapshot) readers.push({ id, ref, pattern, retained, count })
    else replay(pattern, { ref })
    if (retained && value.isPrompt) replay(pattern, { ref, id })
    if (count && value.isPrompt) value.sendCount(id)
  }
  const replay = (pattern: Pattern, where: { readonly ref: number; readonly id?: number }): void => {
    for (const subject of stored.keys())
      if (matches(pattern, subject as Subject)) send({ ...messageOf(subject), ...where, retained: true })
    send({ kind: 'Synced', ...where })
  }
  const enter = ({ ref, subject, member, message }: Of<'Enter'>): void => {
    const own = `$presence.${subject}.ada~${member}`
    const revision = write(own, message, 'ada')
    wills.set(own, { ref, will: null })
    send({ kind: 'Ack', ref, revision })
  }
  const act = (frame: ClientFrame): void => {
    if (frame.kind === 'Publish' && frame.retain) publish(frame)
    else if (frame.kind === 'Subscribe') subscribe(frame)
    else if (frame.kind === 'Enter') enter(frame)
    else if (frame.kind === 'Leave') {
      write(`$presence.${frame.subject}.ada~${frame.member}`, undefined)
      send({ kind: 'Ack', ref: frame.ref })
    } else if (frame.kind === 'CanI') send({ kind: 'Ack', ref: frame.ref, allowed: true })
    else if (frame.kind === 'Cancel')
      value.waiting.splice(0, value.waiting.length, ...value.waiting.filter(({ ref }) => ref !== frame.ref))
  }
  relay.answer = (frame) => {
    if (frame.kind === 'Connect') {
      const isNew = frame.session === undefined || value.hello.limits.resume_bytes === 0
      if (isNew) {
        readers = []
        value.waiting.length = 0
      }
      const sent = relay.links.slice(0, -1).flatMap(({ numbers }) => numbers.map((number = 0) => number))
      return { ...value.hello, resumed: !isNew, received: isNew ? 0 : Math.max(0, ...sent) }
    }
    if (value.ignored.has(frame.kind)) return 'nothing'
    if (!['Publish', 'Subscribe', 'Enter', 'Leave', 'CanI', 'Cancel'].includes(frame.kind)) return undefined
    if (frame.kind === 'Publish' && !frame.retain) return undefined
    queueMicrotask(() => act(frame))
    return 'nothing'
  }
  const value: ValueRelay = {
    ...connected,
    stored,
    ignored: new Set(),
    waiting: [],
    hello: welcome,
    isPrompt: true,
    write,
    sendCount(only) {
      for (const { id, pattern } of readers.filter((reader) => reader.count && (only ?? reader.id) === reader.id)) {
        const members = [...stored.keys()].filter((subject) => matches(pattern, subject as Subject))
        send({ kind: 'Message', id, subject: pattern, message: `${members.length}`, broker: 'test' })
      }
    },
    sync(id) {
      for (const reader of readers)
        if (reader.retained && (id ?? reader.id) === reader.id)
          replay(reader.pattern, { ref: reader.ref, id: reader.id })
    },
    fire(subject) {
      const found = wills.get(subject)
      if (!found) throw new Error(`${subject} has no will`)
      write(subject, found.will ?? undefined)
      send({ kind: 'Lost', ref: found.ref, subject })
    },
    async reconnect() {
      relay.link.drop()
      do await clock.advance(250)
      while (connected.client.status.state !== 'online')
      await settle()
    },
  }
  return value
}
