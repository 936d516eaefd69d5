import type { ClientFrame, RelayFrame } from '@wildcast/protocol/client'
import { authenticateRef } from '../connection/token-renewal.js'
import { isVisible } from '../connection/wake.js'
import { OwnerLocks } from '../outbox/owner-locks.js'
import type { ClientClock } from '../time/clock.js'
import { Leader, type LeaderPorts } from './leader.js'
import { Leadership } from './leadership.js'
import { Ledger } from './ledger.js'
import type { LocalRelay } from './local-relay.js'
import { fromSharedRef } from './ref.js'
import { startFrom } from './start-from.js'
import type { LeaderMessage, MemberMessage, Report, TabFrame, TabMessage } from './tab-message.js'
import type { TabChannel, TabPlatform } from './tab-platform.js'
import { TabReports } from './tab-reports.js'
import { UnconfirmedFrames } from './unconfirmed-frames.js'

/** The settings and functions that a member uses. */
export interface MemberPorts extends Pick<LeaderPorts, 'settings' | 'fault' | 'load' | 'tokens'> {
  readonly platform: TabPlatform
  readonly clock: ClientClock
  readonly local: Pick<LocalRelay, 'welcome' | 'deliver' | 'deliverKept' | 'renew' | 'forget' | 'drop' | 'isOpen'>
  /** Ends the client's wait for its next attempt. */
  wake(): void
}

type Of<Type extends TabMessage['type']> = Extract<TabMessage, { readonly type: Type }>

/** A tab that shares a connection. Keeps its client's frames until the relay confirms them. */
export class TabMember {
  readonly #ports: MemberPorts
  readonly #name: string
  readonly #number: number
  readonly #channel: TabChannel
  readonly #ledger = new Ledger()
  readonly #others: OwnerLocks
  readonly #leadership: Leadership
  #leader: Leader | undefined
  #reports: TabReports | undefined
  #epoch = 0
  /** Whether the state of the shared session is known. */
  #isKnown = false
  #isOver = false
  /** The number of the relay's last frame. */
  #received = 0
  readonly #outgoing: UnconfirmedFrames

  /** @param number - unique among the tabs, since this tab holds the lock `name` + number */
  constructor(name: string, number: number, ports: MemberPorts) {
    const { platform, clock } = ports
    this.#ports = ports
    this.#name = name
    this.#number = number
    this.#outgoing = new UnconfirmedFrames(number)
    this.#others = new OwnerLocks(platform.locks, name)
    this.#channel = platform.openChannel(name)
    this.#channel.onmessage = ({ data }) => this.#receive(data)
    this.#leadership = new Leadership({
      locks: platform.locks,
      clock,
      name: `${name}leader`,
      isVisible,
      probe: () => this.#send({ type: 'probe' }),
      lead: () => void this.#lead(),
      follow: () => this.#follow(),
    })
    this.#send({ type: 'hello', from: number })
  }

  /** Sends a frame of the client that counts. Throws if it can't be cloned. */
  send(frame: ClientFrame): void {
    if (frame.kind === 'Unsubscribe') {
      this.#release(frame.id)
      return
    }
    this.#post(this.#outgoing.add(frame))
  }

  /** The client begins a new session: ends its earlier subscriptions. */
  begin(): void {
    this.#outgoing.asking.clear()
    for (const id of this.#ledger.tabs.get(this.#number) ?? []) this.#release(id)
  }

  retry(): void {
    this.#send({ type: 'retry' })
  }

  /** Checks the leader and the connection after a sleep. */
  wake(): void {
    this.#leadership.check()
    this.#leader?.wake()
  }

  /** Leaves the other tabs. If this is the last one, ends the session. */
  end(): void {
    if (this.#isOver) return
    this.#leader?.stop(this.#ledger.tabs.size < 2)
    this.#send({ type: 'bye', from: this.#number })
    this.#isOver = true
    this.#leadership.end()
    this.#others.close()
    this.#channel.close()
  }

  #post({ number, frame }: TabFrame): void {
    this.#send({ type: 'post', epoch: this.#epoch, from: this.#number, number, frame })
  }

  #release(id: number): void {
    const session = this.#ledger.welcome?.session
    if (session !== undefined) this.#send({ type: 'leave', session, from: this.#number, id })
  }

  /** Sends a message to all tabs, including this one. */
  #send(message: TabMessage): void {
    if (this.#isOver) return
    this.#channel.postMessage(message)
    this.#receive(message)
  }

  #receive(message: TabMessage): void {
    if (this.#isOver) return
    switch (message.type) {
      case 'hello':
      case 'bye':
      case 'post':
      case 'leave':
      case 'retry':
      case 'probe':
      case 'call':
      case 'report':
        this.#receiveFromMember(message)
        break
      default:
        this.#leadership.keepAlive()
        this.#receiveFromLeader(message)
    }
  }

  #receiveFromMember(message: MemberMessage): void {
    const leader = this.#leader
    switch (message.type) {
      case 'hello':
        this.#ledger.enter(message.from)
        this.#watch(message.from)
        leader?.retry()
        leader?.greet()
        break
      case 'bye':
        this.#ledger.leave(message.from)
        this.#reports?.leave(message.from)
        leader?.sweep()
        break
      case 'post':
        if (message.epoch === leader?.epoch) leader.take(message.from, message)
        break
      case 'leave':
        if (message.session !== this.#ledger.welcome?.session) break
        this.#ledger.release(message.from, message.id)
        leader?.sweep()
        break
      case 'retry':
        leader?.retry()
        break
      case 'probe':
        if (this.#leadership.isLeading) this.#send({ type: 'beat' })
        break
      case 'call':
        // Doesn't stop this leader: the call may be of the previous leader. Only the lock decides.
        if (message.from === this.#number)
          this.#reports?.leave(message.from) // all earlier messages were received
        else if (this.#isKnown) this.#send({ type: 'report', from: this.#number, report: this.#report() })
        break
      case 'report':
        this.#reports?.add(message.from, message.report)
    }
  }

  #receiveFromLeader(message: LeaderMessage): void {
    switch (message.type) {
      case 'ready':
        if (message.epoch >= this.#epoch) this.#open(message)
        break
      case 'away':
        this.#ports.local.drop(message.code, message.reason)
        break
      case 'lost':
        if (message.epoch > this.#epoch) this.#lose(message.epoch)
        break
      case 'order':
        if (message.epoch === this.#epoch) this.#ledger.order(message.number, message.owner)
        this.#settle()
        break
      case 'confirmed':
        if (message.epoch === this.#epoch) this.#ledger.confirm(message.sent)
        this.#settle()
        break
      case 'frames':
        if (message.epoch === this.#epoch) this.#receiveFrames(message)
    }
  }

  /** Deletes the confirmed frames. */
  #settle(): void {
    this.#outgoing.settle(this.#ledger.settledOf(this.#number))
  }

  #report(): Report {
    const { welcome, view } = this.#ledger
    return { epoch: this.#epoch, welcome, view, received: this.#received, asking: [...this.#outgoing.asking] }
  }

  #open({ epoch, welcome, kind, received, view }: Of<'ready'>): void {
    const { local, wake } = this.#ports
    const isNew = epoch !== this.#epoch || !this.#isKnown
    if (isNew) {
      const hasMissed = this.#isKnown && this.#received < received
      if (!this.#isKnown || hasMissed) this.#received = received
      if (hasMissed) local.forget()
      this.#ledger.adopt(view)
      this.#ledger.enter(this.#number)
      this.#epoch = epoch
      this.#isKnown = true
      this.#settle()
    }
    this.#ledger.welcome = welcome
    // Before the new frames of the client.
    if (isNew) for (const frame of this.#outgoing.frames) this.#post(frame)
    local.welcome(welcome, kind, this.#leader !== undefined)
    if (!local.isOpen) wake()
  }

  #lose(epoch: number): void {
    this.#epoch = epoch
    this.#isKnown = true
    this.#received = 0
    this.#outgoing.reset()
    this.#ledger.reset()
    this.#ports.local.forget()
  }

  #receiveFrames({ first, frames }: Of<'frames'>): void {
    if (!this.#isKnown) return
    for (const [i, frame] of frames.entries()) {
      const number = first + i
      if (number <= this.#received) continue
      if (number > this.#received + 1) this.#ports.local.forget() // the missed frames are no longer available
      this.#received = number
      if (frame) this.#deliver(frame)
    }
  }

  #deliver(frame: RelayFrame): void {
    const { local } = this.#ports
    const isMine = 'id' in frame && frame.id !== undefined && this.#ledger.tabs.get(this.#number)?.has(frame.id)
    this.#ledger.note(frame)
    if (!('ref' in frame) || frame.ref === undefined) {
      if (isMine) local.deliver(frame)
      return
    }
    if (frame.ref === authenticateRef) local.renew(frame)
    const { tab, ref } = fromSharedRef(frame.ref)
    if (tab !== this.#number && isMine) local.deliverKept(frame)
    if (tab !== this.#number) return
    const isPending = this.#outgoing.asking.delete(frame.ref)
    if (frame.kind === 'Subscribed' && frame.id !== undefined && !isPending) this.#release(frame.id)
    else local.deliver({ ...frame, ref })
  }

  async #lead(): Promise<void> {
    const { clock, platform } = this.#ports
    const others = (): number[] => [...this.#ledger.tabs.keys()].filter((tab) => tab !== this.#number)
    for (const tab of others()) await this.#others.ifEnded(`${tab}`, async () => this.#send({ type: 'bye', from: tab }))
    this.#reports = new TabReports(clock, [this.#number, ...others()])
    const echo = platform.openChannel(this.#name) // reaches this tab, too
    echo.postMessage({ type: 'call', from: this.#number })
    const reports = await this.#reports.gather()
    echo.close()
    this.#reports = undefined
    if (this.#isOver || !this.#leadership.isLeading) return
    this.#leader?.stop(false) // from an earlier leadership
    const start = startFrom(this.#isKnown ? [this.#report(), ...reports] : reports, this.#ledger)
    this.#ledger.enter(this.#number)
    const broadcast = (message: TabMessage): void => this.#send(message)
    this.#leader = new Leader({ ...this.#ports, ledger: this.#ledger, broadcast }, start)
    for (const tab of others()) this.#watch(tab)
  }

  /** Another tab leads and resumes the session. */
  #follow(): void {
    this.#leader?.stop(false)
    this.#leader = undefined
  }

  /** As the leader, detects when another tab ends without a `bye`. */
  #watch(tab: number): void {
    if (tab === this.#number || !this.#leadership.isLeading) return
    this.#others.watch(`${tab}`, async () => this.#send({ type: 'bye', from: tab }))
  }
}
