import { type BrokerMessage, isClosed, isDerived, type Subject, type WildcastError } from '@wildcast/protocol'
import type { Interest, Settle } from './broker.js'
import type { Clock } from './clock.js'
import { Conflation } from './conflation.js'
import { EncodedMessage } from './encoded-message.js'
import type { FanOut } from './fan-out.js'
import type { Encoder, FeedFacts, Outlet, Parcel } from './outlet.js'
import type { Policy } from './policy.js'
import type { BacklogRoom } from './room.js'

/** Who listens to a feed. */
export interface FeedMember {
  readonly outlet: Outlet
  /** Told of a subject that an answer is awaited on, before the message that asks for it. */
  expectsAnswer(responseSubject: Subject): void
  /** The broker has ended a feed. */
  ended(feed: FeedFacts, error: WildcastError): void
}

export interface FeedOptions {
  readonly id: number
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  readonly clock: Clock
  readonly room: BacklogRoom
  readonly fanOut: FanOut
}

/** Members that are sent the same bytes, or, without an encoder, the message itself. */
interface Peers {
  readonly encoder: Encoder | undefined
  readonly members: Set<FeedMember>
}

/** What becomes of a message for one member. */
interface Fate {
  /** The subject that an answer is awaited on. */
  readonly answer: Subject | undefined
  /** Tells the broker, where it asks, whether the message was taken. */
  readonly settle: Settle | undefined
}

/**
 * What one subscription id names: an interest with a policy, and everybody who shares it. A message
 * is encoded once for each encoder, never for each member.
 */
export class Feed implements FeedFacts {
  readonly id: number
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  /**
   * Nearly always of one or two encoders. Replaced, not changed: a member that is cut off over a
   * message leaves while it is delivered.
   */
  #peers: readonly Peers[] = []
  /** In a group or for a server: who comes next. */
  readonly #turns: FeedMember[] | undefined
  /** Where there is a rate to keep. */
  readonly #conflation: Conflation | undefined
  readonly #fanOut: FanOut

  constructor({ id, broker, interest, policy, clock, room, fanOut }: FeedOptions) {
    this.id = id
    this.broker = broker
    this.interest = interest
    this.policy = policy
    this.#fanOut = fanOut
    this.#turns = interest.group !== undefined || interest.serve ? [] : undefined
    if (policy.maxRate !== undefined)
      this.#conflation = new Conflation({
        clock,
        maxRate: policy.maxRate,
        room,
        deliver: (message) => this.#send(message),
        lost: (missed) => this.tellGap(missed),
      })
  }

  get latest(): boolean {
    return this.policy.latest
  }

  get isEmpty(): boolean {
    return this.#peers.length === 0
  }

  add(member: FeedMember): void {
    const { encoder } = member.outlet
    const peers = this.#peers.find((some) => some.encoder === encoder)
    if (peers) peers.members.add(member)
    else this.#peers = [...this.#peers, { encoder, members: new Set([member]) }]
    this.#turns?.push(member)
  }

  remove(member: FeedMember): void {
    const { encoder } = member.outlet
    const peers = this.#peers.find((some) => some.encoder === encoder)
    peers?.members.delete(member)
    if (peers?.members.size === 0) this.#peers = this.#peers.filter((some) => some !== peers)
    const turn = this.#turns?.indexOf(member) ?? -1
    if (turn >= 0) this.#turns?.splice(turn, 1)
  }

  /**
   * A message for the members; in a group for the one whose turn it is, and `settle` hears what
   * became of it.
   */
  deliver(message: BrokerMessage, settle?: Settle): void {
    const conflation = this.#conflation
    if (conflation) this.#fanOut.run(message.payload, () => conflation.offer(message))
    else this.#send(message, settle)
  }

  /** Nobody is there any more. */
  close(): void {
    this.#conflation?.close()
  }

  /** Tells every member that nothing more comes. */
  end(error: WildcastError): void {
    const members = this.#peers.flatMap((peers) => [...peers.members])
    for (const member of members) member.ended(this, error)
  }

  /** Reports to every member that messages were lost, `missed` of them if their number is known. */
  tellGap(missed?: number): void {
    for (const { encoder, members } of this.#peers)
      this.#fanOut.run('', () => {
        const bytes = members.size > 0 ? encoder?.gap(this, missed) : undefined
        if (bytes) for (const member of members) member.outlet.deliver({ bytes })
      })
  }

  #send(message: BrokerMessage, settle?: Settle): void {
    const answer = this.#answerTo(message)
    const turns = this.#turns
    if (turns) this.#fanOut.run(message.payload, () => this.#deliverToOne(turns, message, { answer, settle }))
    else
      for (const peers of this.#peers)
        this.#fanOut.run(message.payload, () => this.#deliverToPeers(peers, message, answer))
  }

  /**
   * A subject that members could not answer on without having been asked; of others they need not
   * be told, or strangers could crowd these out.
   */
  #answerTo({ responseSubject }: BrokerMessage): Subject | undefined {
    if (responseSubject === undefined) return undefined
    const closed = isClosed(responseSubject) || isDerived(responseSubject)
    return this.interest.serve || closed ? responseSubject : undefined
  }

  #deliverToPeers({ encoder, members }: Peers, message: BrokerMessage, answer: Subject | undefined): void {
    if (members.size === 0) return
    const parcel = new EncodedMessage(message, this, encoder)
    for (const member of members) {
      if (answer !== undefined) member.expectsAnswer(answer)
      member.outlet.deliver(parcel)
    }
  }

  #deliverToOne(turns: FeedMember[], message: BrokerMessage, fate: Fate): void {
    const member = nextOf(turns)
    if (member) this.#deliverTo(member, message, fate)
    else fate.settle?.(false)
  }

  /** @param tried members that have left before it was written to them */
  #deliverTo(member: FeedMember, message: BrokerMessage, fate: Fate, tried: readonly FeedMember[] = []): void {
    const { answer, settle } = fate
    if (answer !== undefined) member.expectsAnswer(answer)
    const parcel = new EncodedMessage(message, this, member.outlet.encoder)
    // The broker tells a server's callers itself that it has left.
    if (this.interest.serve && !settle) {
      member.outlet.deliver(parcel)
      return
    }
    let open = true
    const settled = (written: boolean): boolean => {
      if (!open) return true // it was given back, or known to have arrived, before
      open = false
      if (!written) return this.#offerAgain(message, fate, [...tried, member])
      settle?.(true)
      return true
    }
    member.outlet.deliver(settling(parcel, settled))
  }

  /**
   * What was not written to a member of a group goes to another one, or else back to the broker.
   * Returns false if it is lost.
   */
  #offerAgain(message: BrokerMessage, fate: Fate, tried: readonly FeedMember[]): boolean {
    const turns = this.#turns ?? []
    const others = turns.filter((member) => !tried.includes(member))
    // A server's callers are told that it has left; nobody else has their requests then.
    const next = this.interest.serve ? undefined : nextOf(others)
    if (!next) {
      fate.settle?.(false)
      return fate.settle !== undefined
    }
    turns.splice(turns.indexOf(next), 1)
    turns.push(next)
    this.#deliverTo(next, message, fate, tried)
    return true
  }
}

/** The same parcel for one member, whose fate somebody waits for. */
function settling({ bytes, message, feed }: EncodedMessage, settle: NonNullable<Parcel['settle']>): Parcel {
  return { bytes, message, feed, settle }
}

/** The first who is not behind, or the first of all; it is the last then. */
function nextOf(turns: FeedMember[]): FeedMember | undefined {
  const free = turns.findIndex(({ outlet }) => !outlet.behind)
  const [member] = turns.splice(Math.max(free, 0), 1)
  if (member) turns.push(member)
  return member
}
