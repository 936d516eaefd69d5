import { type BrokerMessage, isClosed, isDerived, type Subject, type WildcastError } from '@wildcast/protocol'
import type { Interest, Settle } from './broker.js'
import type { Clock } from './clock.js'
import { Conflation } from './conflation.js'
import { EncodedMessage } from './encoded-message.js'
import type { FanOut } from './fan-out.js'
import type { Filter } from './filters/filter.js'
import type { Encoder, FeedFacts, Outlet, Parcel } from './outlet.js'
import type { Policy } from './policy.js'
import type { BacklogRoom } from './room.js'
import type { TimeSlice } from './time-slice.js'
import type { KeptValues } from './values/kept-values.js'

/** A subscriber of a feed. */
export interface FeedMember {
  readonly outlet: Outlet
  /** Called with the subject to answer on, before the message that asks for the answer. */
  expectsAnswer(responseSubject: Subject): void
  /** The broker has ended a feed. */
  ended(feed: FeedFacts, error: WildcastError): void
  /** Messages of a feed were lost; the gap is on its way to the client. */
  missed?(feed: number): void
}

export interface FeedOptions {
  readonly id: number
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  /** Only messages that match it are delivered. */
  readonly filter?: Filter | undefined
  readonly clock: Clock
  readonly room: BacklogRoom
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  /** Returns the values of the pattern. */
  values(): KeptValues
}

/** Members that get the same bytes, or the message itself if they have no encoder. */
interface Peers {
  readonly encoder: Encoder | undefined
  readonly members: Set<FeedMember>
}

/** The details of a delivery to one member of a group, or to a responder. */
interface Delivery {
  /** The subject to answer on, if the member must be registered for it: see `#answerSubject`. */
  readonly answerOn: Subject | undefined
  /** Reports whether the message was taken, if the broker keeps it until then. */
  readonly settle: Settle | undefined
}

/**
 * An interest with a policy and perhaps a filter, named by one subscription id, and the sessions
 * that share it. A message is encoded once for each encoder, not for each member.
 */
export class Feed implements FeedFacts {
  readonly id: number
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  readonly filter: Filter | undefined
  /**
   * Usually one or two encoders. Replaced, not mutated: a member that is cut off during a delivery
   * leaves while it runs.
   */
  #peers: readonly Peers[] = []
  /** Set for a group or a responder: its members, the next one first. */
  readonly #rotation: FeedMember[] | undefined
  /** Set if the policy has a rate. */
  readonly #conflation: Conflation | undefined
  /** Of a feed with a filter: the members that read values. */
  #valueReaders: Set<FeedMember> | undefined
  readonly #fanOut: FanOut
  readonly #options: FeedOptions

  constructor(options: FeedOptions) {
    const { id, broker, interest, policy, filter, clock, room, fanOut } = options
    this.#options = options
    this.id = id
    this.broker = broker
    this.interest = interest
    this.policy = policy
    this.filter = filter
    this.#fanOut = fanOut
    this.#rotation = interest.group !== undefined || interest.serve ? [] : undefined
    if (policy.maxRate !== undefined)
      this.#conflation = new Conflation({
        clock,
        maxRate: policy.maxRate,
        room,
        deliver: (message) => this.#send(message),
        lost: (missed) => this.reportGap(missed),
      })
  }

  get latest(): boolean {
    return this.policy.latest
  }

  /** The order of deliveries, and the time for them. */
  get ports(): Pick<FeedOptions, 'fanOut' | 'slice'> {
    const { fanOut, slice } = this.#options
    return { fanOut, slice }
  }

  get isEmpty(): boolean {
    return this.#peers.length === 0
  }

  /** Whether a member also reads values. Known of feeds with a filter only. */
  get readsValues(): boolean {
    return this.#valueReaders !== undefined && this.#valueReaders.size > 0
  }

  /** A member also reads values: it is notified when one no longer matches the filter. */
  addValueReader(member: FeedMember): void {
    if (!this.filter) return
    this.#valueReaders ??= new Set()
    this.#valueReaders.add(member)
  }

  /** The values of the pattern, kept while they are read. */
  values(): KeptValues {
    return this.#options.values()
  }

  add(member: FeedMember): void {
    const { encoder } = member.outlet
    const peers = this.#peers.find((candidate) => candidate.encoder === encoder)
    if (peers) peers.members.add(member)
    else this.#peers = [...this.#peers, { encoder, members: new Set([member]) }]
    this.#rotation?.push(member)
  }

  remove(member: FeedMember): void {
    const { encoder } = member.outlet
    const peers = this.#peers.find((candidate) => candidate.encoder === encoder)
    peers?.members.delete(member)
    if (peers?.members.size === 0) this.#peers = this.#peers.filter((other) => other !== peers)
    this.#valueReaders?.delete(member)
    const index = this.#rotation?.indexOf(member) ?? -1
    if (index >= 0) this.#rotation?.splice(index, 1)
  }

  /**
   * Delivers a message to all members. In a group only to the next one, and reports to `settle`
   * whether it was taken.
   */
  deliver(message: BrokerMessage, settle?: Settle): void {
    const conflation = this.#conflation
    if (conflation) this.#fanOut.run(message.payload, () => conflation.offer(message))
    else this.#send(message, settle)
  }

  /** The last member has left. */
  close(): void {
    this.#conflation?.close()
  }

  /** Notifies members that the interest has ended. */
  end(error: WildcastError): void {
    const members = this.#peers.flatMap((peers) => [...peers.members])
    for (const member of members) member.ended(this, error)
  }

  /** Notifies every member that messages were lost; `missed` is their number, if known. */
  reportGap(missed?: number): void {
    for (const { encoder, members } of this.#peers)
      this.#fanOut.run('', () => {
        const bytes = members.size > 0 ? encoder?.gap(this, missed) : undefined
        for (const member of members) {
          if (bytes) member.outlet.deliver({ bytes })
          member.missed?.(this.id)
        }
      })
  }

  #send(message: BrokerMessage, settle?: Settle): void {
    const answerOn = this.#answerSubject(message)
    const rotation = this.#rotation
    if (rotation) this.#fanOut.run(message.payload, () => this.#deliverToOne(rotation, message, { answerOn, settle }))
    else
      for (const peers of this.#peers)
        this.#fanOut.run(message.payload, () => this.#deliverToPeers(peers, message, answerOn))
  }

  /**
   * Returns the response subject of a message if a client may publish on it only after it has
   * received the message. Other response subjects aren't registered: strangers could publish many
   * of them, and so displace these.
   */
  #answerSubject({ responseSubject }: BrokerMessage): Subject | undefined {
    if (responseSubject === undefined) return undefined
    const closed = isClosed(responseSubject) || isDerived(responseSubject)
    return this.interest.serve || closed ? responseSubject : undefined
  }

  #deliverToPeers({ encoder, members }: Peers, message: BrokerMessage, answerOn: Subject | undefined): void {
    if (members.size === 0) return
    const parcel = new EncodedMessage(message, this, encoder)
    // They match no filter: others never had the value that they end.
    const readers = this.filter && (message.left || message.deleted) ? this.#valueReaders : undefined
    for (const member of members) {
      if (readers && !readers.has(member)) continue
      if (answerOn !== undefined) member.expectsAnswer(answerOn)
      member.outlet.deliver(parcel)
    }
  }

  #deliverToOne(rotation: FeedMember[], message: BrokerMessage, delivery: Delivery): void {
    const member = nextOf(rotation)
    if (member) this.#deliverTo(member, message, delivery)
    else delivery.settle?.(false)
  }

  /** @param tried - members that left before the message was written to them */
  #deliverTo(member: FeedMember, message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[] = []): void {
    const { answerOn, settle } = delivery
    if (answerOn !== undefined) member.expectsAnswer(answerOn)
    const parcel = new EncodedMessage(message, this, member.outlet.encoder)
    // The broker itself notifies requesters when their responder has left.
    if (this.interest.serve && !settle) {
      member.outlet.deliver(parcel)
      return
    }
    let isSettled = false
    const settleOnce = (written: boolean): boolean => {
      if (isSettled) return true // it was handed back or confirmed already
      isSettled = true
      if (!written) return this.#offerAgain(message, delivery, [...tried, member])
      settle?.(true)
      return true
    }
    member.outlet.deliver(withSettle(parcel, settleOnce))
  }

  /**
   * Offers an unwritten message of a group to another member, or else to the broker. Returns false
   * if it is lost.
   */
  #offerAgain(message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[]): boolean {
    const rotation = this.#rotation ?? []
    const others = rotation.filter((member) => !tried.includes(member))
    // No other member serves the subject: requesters are notified that their responder has left.
    const next = this.interest.serve ? undefined : nextOf(others)
    if (!next) {
      delivery.settle?.(false)
      return delivery.settle !== undefined
    }
    rotation.splice(rotation.indexOf(next), 1)
    rotation.push(next)
    this.#deliverTo(next, message, delivery, tried)
    return true
  }
}

/** Returns the parcel with a callback for its outcome. */
function withSettle({ bytes, message, feed }: EncodedMessage, settle: NonNullable<Parcel['settle']>): Parcel {
  return { bytes, message, feed, settle }
}

/** Returns the first member that is not behind, or the first, and moves it last. */
function nextOf(rotation: FeedMember[]): FeedMember | undefined {
  const free = rotation.findIndex(({ outlet }) => !outlet.behind)
  const [member] = rotation.splice(Math.max(free, 0), 1)
  if (member) rotation.push(member)
  return member
}
