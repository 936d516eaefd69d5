import type { BrokerMessage, Subject, WildcastError } from '@wildcast/protocol'
import { type AnswerForms, answerForms, formFor } from './answer-forms.js'
import type { Interest, Settle } from './broker.js'
import type { Clock } from './clock.js'
import { Conflation } from './conflation.js'
import { EncodedMessage } from './encoded-message.js'
import type { FanOut } from './fan-out.js'
import type { FeedMember } from './feed-member.js'
import type { Filter } from './filters/filter.js'
import type { FeedHistory, KeptMessages } from './history/feed-history.js'
import { isStoredMessage } from './history-store.js'
import type { Observer } from './observer.js'
import type { Encoder, FeedFacts } from './outlet.js'
import type { Policy } from './policy.js'
import type { BacklogRoom } from './room.js'
import { Rotation } from './rotation.js'
import type { TimeSlice } from './time-slice.js'
import type { KeptValues } from './values/kept-values.js'
import { MemberCounter } from './values/member-counter.js'

export interface FeedOptions {
  readonly id: number
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  /** Only messages that match it are delivered. */
  readonly filter?: Filter | undefined
  readonly clock: Clock
  readonly observer: Pick<Observer, 'delivered' | 'subscriptions'>
  readonly room: BacklogRoom
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  /** Returns the values of the pattern. */
  values(): KeptValues
  /** Returns the history of the pattern, for subscribers of this feed. */
  history(): FeedHistory
  /** Returns which messages of the pattern are kept. */
  kept(): KeptMessages
}

/** Members that get the same bytes, or the message itself if they have no encoder. */
interface Peers {
  readonly encoder: Encoder | undefined
  readonly members: Set<FeedMember>
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
  /** Set for a group or a responder. */
  readonly #rotation: Rotation | undefined
  /** Set if the policy has a rate. */
  readonly #conflation: Conflation | undefined
  /** Made when a subscriber reads it. */
  #history: FeedHistory | undefined
  /** Set if the members get their number. */
  readonly #counter: MemberCounter | undefined
  /** Whether the link to the broker is lost. */
  #isCut = false
  /** The number of subjects that stand for the addresses of answers. */
  #standIns = 0
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
    if (interest.group !== undefined || interest.serve) this.#rotation = new Rotation(this)
    if (policy.maxRate !== undefined)
      this.#conflation = new Conflation({
        clock,
        maxRate: policy.maxRate,
        room,
        deliver: (message) => this.#send(message),
        lost: (missed) => this.reportGap(missed),
      })
    if (policy.count)
      this.#counter = new MemberCounter({
        values: options.values(),
        clock,
        counted: (members) => this.#send(this.#countMessage(members)),
        failed: (error) => this.end(error),
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

  /** Which messages of the pattern are kept. */
  get kept(): KeptMessages {
    return this.#options.kept()
  }

  /** The history of the pattern, with the newest messages of this feed. */
  history(): FeedHistory {
    this.#history ??= this.#options.history()
    return this.#history
  }

  add(member: FeedMember): void {
    const { encoder } = member.outlet
    if (this.isEmpty) this.#counter?.start()
    const peers = this.#peersOf(member)
    if (peers) peers.members.add(member)
    else this.#peers = [...this.#peers, { encoder, members: new Set([member]) }]
    this.#rotation?.add(member)
    this.#options.observer.subscriptions(this.broker, 1)
    this.notify(member) // with the first member, the number is not known yet
  }

  remove(member: FeedMember): void {
    const peers = this.#peersOf(member)
    if (peers?.members.delete(member)) this.#options.observer.subscriptions(this.broker, -1)
    if (peers?.members.size === 0) this.#peers = this.#peers.filter((other) => other !== peers)
    this.#valueReaders?.delete(member)
    this.#rotation?.remove(member)
    if (this.isEmpty) this.#counter?.stop()
  }

  /** Notifies one member of what the others know: that the link is lost, or the number to count. */
  notify(to: FeedMember): void {
    const { outlet } = to
    if (!this.#counter && !this.#isCut) return
    this.#fanOut.run('', () => {
      const members = this.#counter?.members
      if (!this.#peersOf(to)?.members.has(to)) return
      if (this.#isCut) outlet.deliver({ bytes: outlet.encoder?.outage?.(this) })
      else if (members === undefined) return
      else if (outlet.behind) outlet.whenCaughtUp?.(() => this.notify(to))
      else outlet.deliver(new EncodedMessage(this.#countMessage(members), this, outlet.encoder))
    })
  }

  /**
   * Delivers a message to all members. In a group only to the next one, and reports to `settle`
   * whether it was taken.
   */
  deliver(message: BrokerMessage, settle?: Settle): void {
    if (this.#history && isStoredMessage(message)) this.#history.recent.add(message)
    const conflation = this.#conflation
    if (this.#counter) this.#counter.changed()
    else if (conflation) this.#fanOut.run(message.payload, () => conflation.offer(message))
    else this.#send(message, settle)
  }

  /** The last member has left. */
  close(): void {
    this.#conflation?.close()
    this.#history?.close()
  }

  /** Notifies members that the interest has ended. */
  end(error: WildcastError): void {
    const members = this.#peers.flatMap((peers) => [...peers.members])
    for (const member of members) member.ended(this, error)
  }

  /** Notifies every member that messages were lost; `missed` is their number, if known. */
  reportGap(missed?: number): void {
    if (missed === undefined) this.#history?.lost() // else this feed has dropped them
    this.#isCut = false
    this.#notifyAll(
      (encoder) => encoder.gap(this, missed),
      (member) => member.missed?.(this.id),
    )
    if (!this.isEmpty) this.#counter?.start()
  }

  /** Notifies every member that the link to the broker is lost: a gap will follow. */
  reportOutage(): void {
    this.#isCut = true
    this.#notifyAll((encoder) => encoder.outage?.(this))
  }

  #notifyAll(encode: (encoder: Encoder) => Uint8Array | undefined, notified?: (member: FeedMember) => void): void {
    for (const { encoder, members } of this.#peers)
      this.#fanOut.run('', () => {
        const bytes = members.size > 0 && encoder ? encode(encoder) : undefined
        for (const member of members) {
          if (bytes) member.outlet.deliver({ bytes })
          notified?.(member)
        }
      })
  }

  #peersOf({ outlet }: FeedMember): Peers | undefined {
    return this.#peers.find(({ encoder }) => encoder === outlet.encoder)
  }

  #countMessage(members: number): BrokerMessage {
    return { subject: this.interest.pattern, payload: String(members) }
  }

  #send(message: BrokerMessage, settle?: Settle): void {
    const answers = message.responseSubject === undefined ? undefined : this.#answerForms(message)
    const rotation = this.#rotation
    if (rotation) {
      this.#options.observer.delivered(this.broker, 1)
      this.#fanOut.run(message.payload, () => rotation.deliver(message, { answers, settle }))
    } else
      for (const peers of this.#peers)
        this.#fanOut.run(message.payload, () => this.#deliverToPeers(peers, message, answers))
  }

  #answerForms(message: BrokerMessage): AnswerForms | undefined {
    return answerForms(message, {
      serves: this.interest.serve === true,
      newSubject: () => `_answer.${this.id}-${++this.#standIns}` as Subject,
    })
  }

  #deliverToPeers({ encoder, members }: Peers, message: BrokerMessage, answers: AnswerForms | undefined): void {
    if (members.size === 0) return
    this.#options.observer.delivered(this.broker, members.size)
    const form = answers && formFor({ encoder }, answers)
    const parcel = new EncodedMessage(form?.message ?? message, this, encoder)
    // They match no filter: others never had the value that they end.
    const readers = this.filter && (message.left || message.deleted) ? this.#valueReaders : undefined
    for (const member of members) {
      if (readers && !readers.has(member.standsFor ?? member)) continue
      if (form?.on !== undefined) member.expectsAnswer(form.on, message.subject, form.to)
      member.outlet.deliver(parcel)
    }
  }
}
