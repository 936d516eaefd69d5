import type { Subject } from '@wildcast/protocol'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import type { Keys } from './keys.js'
import { RedisResponder, type ServerOptions } from './server.js'

export interface ServersOptions extends Omit<ServerOptions, 'subject' | 'lease' | 'sink'> {
  readonly keys: Keys
}

/** The subjects that this relay serves, over one connection. */
export class Servers {
  readonly #options: ServersOptions
  readonly #serving: Map<Subject, RedisResponder> = new Map()

  constructor(options: ServersOptions) {
    this.#options = options
  }

  serve({ subject }: { readonly subject: Subject }, sink: Sink): NativeSubscription {
    const server = new RedisResponder({ ...this.#options, subject, sink, lease: this.#options.keys.lease(subject) })
    this.#serving.set(subject, server)
    const forget = (): void => {
      if (this.#serving.get(subject) === server) this.#serving.delete(subject)
    }
    const confirmed = server.begin()
    confirmed.catch(forget)
    void server.ended.then(forget)
    const end = async (): Promise<void> => {
      forget()
      await server.leave()
    }
    return { confirmed, ended: server.ended, end }
  }

  /** Somebody has answered finally: who asked need not be told when the server leaves. */
  answered(answerOn: Subject): void {
    this.#serving.get(askedIn(answerOn))?.answered(answerOn)
  }

  /** Never rejects. */
  async leaveAll(): Promise<void> {
    await Promise.all([...this.#serving.values()].map((server) => server.leave()))
  }

  /** The connection has ended. */
  stop(): void {
    for (const server of this.#serving.values()) server.stop()
  }
}

/** The subject that an answer is about. */
function askedIn(answerOn: Subject): Subject {
  return answerOn.slice(answerOn.indexOf('.', 'response.'.length) + 1) as Subject
}
