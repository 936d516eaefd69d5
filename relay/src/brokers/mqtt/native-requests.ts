import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { noServer } from '../no-server.js'
import { type PendingReplies, replies } from '../replies.js'
import { type ExchangePorts, finalAnswer } from './exchange.js'
import type { NativeSend } from './native-send.js'
import { payloadIn, propertiesIn } from './packet.js'
import { topicOf } from './subjects.js'
import type { MqttUnawaitedParts } from './unawaited-parts.js'
import type { Incoming } from './wire.js'

type RequestPorts = Pick<ExchangePorts, 'routes' | 'clock' | 'newId' | 'dropped'>

interface NativeRequestOptions {
  readonly send: NativeSend
  readonly parts: MqttUnawaitedParts
  /** The topic of this connection for all answers. */
  readonly replyTopic: string
}

/** The pending requests of a connection with MQTT 5. Correlation data matches their answers. */
export class NativeRequests {
  readonly #ports: RequestPorts
  readonly #options: NativeRequestOptions
  readonly #waiting: PendingReplies
  #subscribed: Promise<void> | undefined

  constructor(ports: RequestPorts, options: NativeRequestOptions) {
    this.#ports = ports
    this.#options = options
    this.#waiting = replies(ports.clock)
  }

  async request(question: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const id = this.#ports.newId()
    let hasEnded = false
    const answer = finalAnswer(this.#waiting.wait(keyOf(id), options)).finally(() => {
      hasEnded = true
    })
    const isOver = (): boolean => hasEnded
    this.#send(question, id, isOver).catch((cause) => this.#waiting.fail(keyOf(id), WildcastError.from(cause)))
    return answer
  }

  /** Rejects all pending requests. */
  end(error: WildcastError): void {
    this.#waiting.failAll(error)
  }

  async #send(question: BrokerMessage, id: string, isOver: () => boolean): Promise<void> {
    const { send, replyTopic } = this.#options
    await this.#subscribe()
    if (isOver()) return
    const to = { topic: topicOf(question.subject), correlationData: Buffer.from(id) }
    const hasSubscriber = await send(question, to, replyTopic)
    if (!hasSubscriber) this.#waiting.fail(keyOf(id), noServer(question.subject, 'is not there'))
  }

  #subscribe(): Promise<void> {
    this.#subscribed ??= this.#ports.routes
      .add(this.#options.replyTopic, (packet) => this.#take(packet))
      .confirmed.catch((cause) => {
        this.#subscribed = undefined
        throw cause
      })
    return this.#subscribed
  }

  #take(packet: Incoming): void {
    const { correlationData, responseTopic } = packet.properties ?? {}
    const { dropped } = this.#ports
    const properties = propertiesIn(packet)
    if (!properties) {
      dropped('foreign_headers')
      return
    }
    const subject = keyOf(correlationData?.toString())
    if (this.#waiting.take({ subject, payload: payloadIn(packet), ...properties })) return
    dropped('late_answer')
    if (properties.more) this.#options.parts.refuse(responseTopic)
  }
}

/** Returns the key of a pending request. */
function keyOf(id: string | undefined): Subject {
  return `_reply.${id}` as Subject
}
