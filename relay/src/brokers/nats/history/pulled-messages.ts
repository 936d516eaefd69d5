import { WildcastError } from '@wildcast/protocol'
import { createInbox, type Msg, type NatsConnection } from 'nats'
import type { JetStream } from '../values/jet-stream.js'
import type { WatchedPublishes } from './watched-publishes.js'

/** A message that a stream holds. */
export interface PulledMessage {
  readonly seq: number
  /** With the headers and the payload as they were published. */
  readonly msg: Msg
}

/** A part of a stream to read. */
export interface PulledRange {
  readonly stream: string
  /** The number of the first message. */
  readonly from: number
  /** Only messages of this subject of NATS. @default all */
  readonly filter?: string | undefined
}

/** How long a server keeps a consumer that was not deleted, in nanoseconds. */
const forgottenNs = 30_000_000_000

/** How long JetStream may take to answer, in milliseconds. */
const answerMs = 10_000

/** The connection to a server with streams. */
export interface PullPorts {
  readonly nats: NatsConnection
  readonly jetStream: JetStream
  readonly publishes: Pick<WatchedPublishes, 'watch'>
}

/** A consumer of JetStream that reads a stream from a number on, once. */
export class PulledMessages {
  readonly #ports: PullPorts
  /** `<stream>.<consumer>` */
  readonly #path: string
  #left: number

  private constructor(ports: PullPorts, path: string, left: number) {
    this.#ports = ports
    this.#path = path
    this.#left = left
  }

  static async open(ports: PullPorts, range: PulledRange): Promise<PulledMessages> {
    const { stream, from, filter } = range
    const config = {
      deliver_policy: 'by_start_sequence',
      opt_start_seq: from,
      ack_policy: 'none',
      replay_policy: 'instant',
      inactive_threshold: forgottenNs,
      mem_storage: true,
      num_replicas: 1,
      ...(filter !== undefined && { filter_subject: filter }),
    }
    const made = await ports.jetStream.call(`CONSUMER.CREATE.${stream}`, { stream_name: stream, config })
    const { name, num_pending = 0 } = made as { readonly name: string; readonly num_pending?: number }
    return new PulledMessages(ports, `${stream}.${name}`, num_pending)
  }

  /** The number of messages that are left. */
  get left(): number {
    return this.#left
  }

  /** Reads the next messages, `count` at most. */
  async next(count: number): Promise<readonly PulledMessage[]> {
    const batch = Math.min(count, this.#left)
    if (batch === 0) return []
    const messages = await this.#fetch(batch)
    // The stream has forgotten those that are missing.
    if (messages.length === 0) this.#left = 0
    return messages
  }

  close(): void {
    void this.#ports.jetStream.call(`CONSUMER.DELETE.${this.#path}`, {}).catch(() => {}) // it is forgotten soon
  }

  #fetch(batch: number): Promise<readonly PulledMessage[]> {
    const { nats, publishes } = this.#ports
    const asked = `$JS.API.CONSUMER.MSG.NEXT.${this.#path}`
    const messages: PulledMessage[] = []
    const inbox = createInbox()
    return new Promise((resolve, reject) => {
      const end = (): void => {
        stopWatching()
        if (!nats.isClosed()) subscription.unsubscribe()
      }
      const stopWatching = publishes.watch(asked, (error) => {
        end()
        reject(error)
      })
      const subscription = nats.subscribe(inbox, {
        timeout: answerMs,
        callback: (refusal, msg) => {
          if (refusal) {
            stopWatching()
            reject(pullFailure(refusal))
            return
          }
          const at = placeOf(msg)
          if (at) {
            this.#left = at.left
            messages.push({ seq: at.seq, msg })
          }
          // A message without a place is the status that ends the answer.
          if (at && messages.length < batch && at.left > 0) return
          end()
          resolve(messages)
        },
      })
      nats.publish(asked, JSON.stringify({ batch, no_wait: true }), {
        reply: inbox,
      })
    })
  }
}

function pullFailure(cause: unknown): WildcastError {
  return new WildcastError('broker_down', 'JetStream at the NATS server has not answered', { cause })
}

/**
 * Reads the reply subject of a message of JetStream:
 * `$JS.ACK[.<domain>.<account>].<stream>.<consumer>.<deliveries>.<seq>.<…>.<time>.<left>[.<…>]`.
 */
function placeOf({ reply = '' }: Msg): { readonly seq: number; readonly left: number } | undefined {
  const parts = reply.split('.')
  const at = parts.length > 9 ? 2 : 0
  const [seq, left] = [Number(parts[at + 5]), Number(parts[at + 8])]
  return reply.startsWith('$JS.ACK.') && Number.isSafeInteger(seq) && Number.isSafeInteger(left)
    ? { seq, left }
    : undefined
}
