import type { Msg, NatsConnection } from 'nats'
import type { Dropped } from '../../core/broker.js'
import type { Sink } from '../foreign/driver.js'
import { OwedAnswers } from '../owed-answers.js'
import { incoming, noRespondersHeaders } from './message-form.js'
import { checked } from './subjects.js'

export interface ServingPorts {
  readonly nats: NatsConnection
  dropped(why: Dropped): void
}

/**
 * What servers on a connection are asked. Whoever asks hears of it when a server leaves: nobody is
 * left waiting.
 */
export class NatsServing {
  readonly #ports: ServingPorts
  readonly #owed: OwedAnswers<object> = new OwedAnswers(async (reply) => this.tellNoResponders(reply))

  constructor(ports: ServingPorts) {
    this.#ports = ports
  }

  /** Brings a server what has a reply subject: a publish without one is for subscribers. */
  ask(server: object, msg: Msg, sink: Sink): void {
    const question = this.#read(msg)
    if (question && this.#owed.ask(server, msg.reply)) sink(question)
  }

  answered(reply: string): void {
    this.#owed.answered(reply)
  }

  left(server: object): void {
    void this.#owed.leave(server)
  }

  /** As the server of NATS says it, so that strangers understand. */
  tellNoResponders(reply: string): void {
    const { nats } = this.#ports
    if (nats.info?.headers) nats.publish(checked(reply), undefined, { headers: noRespondersHeaders() })
  }

  #read(msg: Msg): ReturnType<typeof incoming> {
    if (!msg.reply) return undefined
    const question = incoming(msg, this.#ports.dropped)
    return question?.responseSubject === undefined ? undefined : question
  }
}
