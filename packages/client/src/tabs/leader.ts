import { type ClientFrame, finalCloseCodes, type RelayFrame, type WildcastError } from '@wildcast/protocol/client'
import type { ReportError } from '../app/report-error.js'
import { toError } from '../app/to-error.js'
import { RelayLink, type RelayLinkSettings } from '../connection/relay-link.js'
import type { Status } from '../connection/status.js'
import { tokenExpiredCode } from '../connection/to-close-error.js'
import type { OpenTransport, TransportSettings } from '../transports/transport.js'
import type { FrameOwner, Ledger } from './ledger.js'
import { SharedTransport } from './shared-transport.js'
import type { TabFrame, TabMessage } from './tab-message.js'

/** The settings and functions that a leader uses. */
export interface LeaderPorts extends Pick<RelayLinkSettings, 'tokens'> {
  readonly settings: TransportSettings
  readonly ledger: Ledger
  readonly fault: ReportError
  load(): OpenTransport | Promise<OpenTransport>
  /** Sends a message to all tabs, including its own. */
  broadcast(message: TabMessage): void
}

/** The state in which a new leader continues. */
export interface LeaderStart {
  readonly epoch: number
  /** How many frames of the relay every tab has received. */
  readonly received: number
  /** Shared refs of subscriptions that the relay may answer soon. */
  readonly asking: Iterable<number>
}

/** Holds the shared connection. */
export class Leader {
  readonly #ports: LeaderPorts
  readonly #link: RelayLink
  readonly #transport: SharedTransport
  #epoch: number
  #isOnline = false
  #isOver = false
  /** Frames that can't be sent yet. */
  #waiting: { readonly owner: FrameOwner; readonly frame: ClientFrame }[] = []
  /** The number of the last accepted frame of each tab. */
  #accepted = new Map<number, number>()
  /** Subscriptions that the relay has not answered. */
  readonly #asking: Set<number>
  /** The owner of the frame that is being sent. */
  #owner: FrameOwner | undefined
  /** Frames that the relay sent in this turn. */
  #frames: (RelayFrame | undefined)[] = []

  constructor(ports: LeaderPorts, { epoch, received, asking }: LeaderStart) {
    this.#ports = ports
    this.#epoch = epoch
    this.#asking = new Set(asking)
    const { ledger, settings, fault, tokens } = ports
    this.#transport = new SharedTransport(ledger, received, {
      ordered: (number) => this.#broadcast({ type: 'order', epoch: this.#epoch, number, owner: this.#owner }),
      confirmed: (sent) => this.#broadcast({ type: 'confirmed', epoch: this.#epoch, sent }),
      frame: (frame) => this.#receive(frame),
      lost: () => this.#loseSession(),
    })
    this.#link = new RelayLink(
      {
        ...settings,
        fault,
        tokens,
        loadTransport: async () => this.#transport.over(await ports.load()),
      },
      {
        opened() {},
        welcomed() {},
        renewed() {},
        frame() {}, // the transport handles it
        lost: () => this.#transport.forget(),
        status: (status) => this.#reportStatus(status),
      },
    )
    this.#link.connect()
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Probes the relay after a sleep. */
  wake(): void {
    this.#link.wake()
  }

  /** Connects again after the relay's final refusal. */
  retry(): void {
    if (this.#link.refusal) this.#link.connect()
  }

  /** Broadcasts the state of the session while online. */
  greet(): void {
    const { ledger } = this.#ports
    const { welcome } = ledger
    if (!this.#isOnline || !welcome) return
    const { kind } = this.#transport
    const { received } = this.#transport
    this.#broadcast({ type: 'ready', epoch: this.#epoch, welcome, kind, received, view: ledger.view })
  }

  /** Sends a frame of a tab, or queues it. */
  take(tab: number, { number, frame }: TabFrame): void {
    if (number !== (this.#accepted.get(tab) ?? this.#ports.ledger.lastOf(tab)) + 1) return // a repeated frame
    this.#accepted.set(tab, number)
    const owner = { tab, number }
    if (this.#isOnline && this.#waiting.length === 0) this.#send(frame, owner)
    else this.#waiting.push({ owner, frame })
  }

  /** Unsubscribes from subscriptions that no tab has. */
  sweep(): void {
    if (!this.#isOnline || this.#asking.size > 0) return
    for (const id of this.#ports.ledger.takeUnused()) this.#send({ kind: 'Unsubscribe', id }, undefined)
  }

  /** Closes the connection: with the session, or for another leader to resume it. */
  stop(end: boolean): void {
    this.#flush()
    this.#isOver = true
    this.#transport.keepsSession = !end
    this.#link.close()
  }

  #send(frame: ClientFrame, owner: FrameOwner | undefined): void {
    if (frame.kind === 'Subscribe' && frame.ref !== undefined) this.#asking.add(frame.ref)
    this.#owner = owner
    this.#link.send(frame)
    this.#owner = undefined
  }

  #receive(frame: RelayFrame | undefined): void {
    if (this.#frames.push(frame) === 1) queueMicrotask(() => this.#flush())
    if (!frame) return
    if ('ref' in frame && frame.ref !== undefined) this.#asking.delete(frame.ref)
    else if (frame.kind === 'Error' && frame.id === undefined) this.#ports.fault(toError(frame), 'protocol')
  }

  /** Broadcasts the frames of a turn in one message. */
  #flush(): void {
    const frames = this.#frames.splice(0)
    if (frames.length === 0 || this.#isOver) return
    const first = this.#transport.received - frames.length + 1
    this.#ports.broadcast({ type: 'frames', epoch: this.#epoch, first, frames })
    this.sweep()
  }

  /** Sends a message after the frames received before. */
  #broadcast(message: TabMessage): void {
    this.#flush()
    if (!this.#isOver) this.#ports.broadcast(message)
  }

  #reportStatus(status: Status): void {
    this.#isOnline = status.state === 'online'
    if (this.#isOver || status.state === 'connecting') return
    if (this.#isOnline) this.#open()
    else if ('reason' in status && status.reason && status.reason.code !== 'replaced')
      // the next leader has replaced it
      this.#broadcast({ type: 'away', code: codeOf(status.reason, status.state), reason: status.reason.message })
  }

  #open(): void {
    const { ledger } = this.#ports
    const { welcome } = this.#link
    if (welcome) ledger.welcome = welcome
    this.greet()
    for (const { owner, frame } of this.#waiting.splice(0)) this.#send(frame, owner)
    this.sweep()
  }

  #loseSession(): void {
    this.#frames = [] // of the lost session
    this.#waiting = []
    this.#accepted.clear()
    this.#asking.clear()
    this.#epoch++
    this.#broadcast({ type: 'lost', epoch: this.#epoch })
  }
}

/** Returns the close code that the clients of all tabs get for a reason. */
function codeOf({ code }: WildcastError, state: Status['state']): number {
  if (state !== 'closed') return 1006
  if (code === 'token_expired') return tokenExpiredCode
  const found = Object.entries(finalCloseCodes).find(([, known]) => known === code)
  return found ? Number(found[0]) : 1006
}
