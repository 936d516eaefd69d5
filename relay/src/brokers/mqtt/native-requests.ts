import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { noServer } from '../no-server.js'
import { type PendingReplies, replies } from '../replies.js'
import { type ExchangePorts, finalAnswer } from './exchange.js'
import type { NativeSend } from './native-send.js'
import { besideIn, payloadIn } from './packet.js'
import { topicOf } from './subjects.js'
import type { MqttUnawaitedParts } from './unawaited-parts.js'
import type { Incoming } from './wire.js'

type RequestPorts = Pick<ExchangePorts, 'routes' | 'clock' | 'newId' | 'dropped'>

interface Way {
  readonly send: NativeSend
  readonly parts: MqttUnawaitedParts
  /** The topic of this connection, on which all answers come. */
  readonly replyTopic: string
}

/**
 * The requests of a connection that speaks MQTT 5: their correlation data pairs them with answers.
 */
export class NativeRequests {
  readonly #ports: RequestPorts
  readonly #way: Way
  readonly #waiting: PendingReplies
  #listening: Promise<void> | undefined

  constructor(ports: RequestPorts, way: Way) {
    this.#ports = ports
    this.#way = way
    this.#waiting = replies(ports.clock)
  }

  async request(question: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const id = this.#ports.newId()
    let over = false
    const answer = finalAnswer(this.#waiting.wait(awaitedOn(id), options)).finally(() => {
      over = true
    })
    const isOver = (): boolean => over
    this.#ask(question, id, isOver).catch((cause) => this.#waiting.fail(awaitedOn(id), WildcastError.from(cause)))
    return answer
  }

  /** Fails the requests that wait. */
  end(error: WildcastError): void {
    this.#waiting.failAll(error)
  }

  async #ask(question: BrokerMessage, id: string, isOver: () => boolean): Promise<void> {
    const { send, replyTopic } = this.#way
    await this.#listen()
    if (isOver()) return
    const to = { topic: topicOf(question.subject), correlationData: Buffer.from(id) }
    const isHeard = await send(question, to, replyTopic)
    if (!isHeard) this.#waiting.fail(awaitedOn(id), noServer(question.subject, 'is not there'))
  }

  #listen(): Promise<void> {
    this.#listening ??= this.#ports.routes
      .add(this.#way.replyTopic, (packet) => this.#take(packet))
      .confirmed.catch((cause) => {
        this.#listening = undefined
        throw cause
      })
    return this.#listening
  }

  #take(packet: Incoming): void {
    const { correlationData, responseTopic } = packet.properties ?? {}
    const { dropped } = this.#ports
    const beside = besideIn(packet)
    if (!beside) {
      dropped('foreign_headers')
      return
    }
    const subject = awaitedOn(correlationData?.toString())
    if (this.#waiting.take({ subject, payload: payloadIn(packet), ...beside })) return
    dropped('late_answer')
    if (beside.more) this.#way.parts.tellNobodyWaits(responseTopic)
  }
}

/** The subject that a request waits on. */
function awaitedOn(id: string | undefined): Subject {
  return `_reply.${id}` as Subject
}
