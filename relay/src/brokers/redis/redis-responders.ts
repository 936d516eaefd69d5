import type { Subject } from '@wildcast/protocol'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import type { Keys } from './keys.js'
import { RedisResponder, type RedisResponderOptions } from './redis-responder.js'

export interface RedisRespondersOptions extends Omit<RedisResponderOptions, 'subject' | 'lease' | 'sink'> {
  readonly keys: Keys
}

/** The responders of this relay, over one connection. */
export class RedisResponders {
  readonly #options: RedisRespondersOptions
  readonly #responders: Map<Subject, RedisResponder> = new Map()

  constructor(options: RedisRespondersOptions) {
    this.#options = options
  }

  serve({ subject }: { readonly subject: Subject }, sink: Sink): NativeSubscription {
    const lease = this.#options.keys.lease(subject)
    const responder = new RedisResponder({ ...this.#options, subject, sink, lease })
    this.#responders.set(subject, responder)
    const forget = (): void => {
      if (this.#responders.get(subject) === responder) this.#responders.delete(subject)
    }
    const confirmed = responder.begin()
    confirmed.catch(forget)
    void responder.ended.then(forget)
    const end = async (): Promise<void> => {
      forget()
      await responder.leave()
    }
    return { confirmed, ended: responder.ended, end }
  }

  /** A request has its final answer: its responder need not refuse it when it leaves. */
  answered(answerOn: Subject): void {
    this.#responders.get(requestedBy(answerOn))?.answered(answerOn)
  }

  /** Never rejects. */
  async leaveAll(): Promise<void> {
    await Promise.all([...this.#responders.values()].map((responder) => responder.leave()))
  }

  /** The connection has ended. */
  stop(): void {
    for (const responder of this.#responders.values()) responder.stop()
  }
}

/** The subject that an answer is about. */
function requestedBy(answerOn: Subject): Subject {
  return answerOn.slice(answerOn.indexOf('.', 'response.'.length) + 1) as Subject
}
