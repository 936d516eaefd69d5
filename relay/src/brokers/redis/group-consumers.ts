import { decodeUtf8, type Pattern } from '@wildcast/protocol'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import { commandFailure } from './failures.js'
import { type ConsumerConnection, GroupConsumer } from './group-consumer.js'
import type { RedisContext } from './redis-context.js'
import type { Subscriber } from './subscriber.js'

export interface GroupConsumersOptions
  extends Pick<RedisContext, 'consumers' | 'keys' | 'names' | 'leaseTimes' | 'clock' | 'newId'>,
    Pick<ConsumerConnection, 'redis' | 'scripts' | 'failed' | 'dropped'> {
  readonly subscriber: Subscriber
}

/** The group consumers of this relay, over one connection. */
export class GroupConsumers {
  readonly #options: GroupConsumersOptions
  /** Includes those that are leaving. */
  readonly #attached: Set<GroupConsumer> = new Set()

  constructor(options: GroupConsumersOptions) {
    this.#options = options
  }

  join({ pattern, group }: { readonly pattern: Pattern; readonly group: string }, sink: Sink): NativeSubscription {
    const { consumers, subscriber, keys: allKeys, newId, redis, scripts, failed, dropped } = this.#options
    const keys = allKeys.group(pattern, group)
    const consumer = consumers.get(keys.line) ?? new GroupConsumer({ ...this.#options, id: newId(), group, keys })
    consumers.set(keys.line, consumer)
    this.#attached.add(consumer)
    const wakes = subscriber.channel(keys.wake, (_, reason) => {
      if (decodeUtf8(reason) === 'left') consumer.claim()
      else consumer.wake()
    })
    const left = (): void => void this.#attached.delete(consumer)
    const connection: ConsumerConnection = { redis, scripts, sink, failed, dropped, left }
    const end = async (): Promise<void> => {
      if (consumers.get(keys.line) === consumer) consumers.delete(keys.line)
      await Promise.all([wakes.end(), consumer.leave()])
    }
    const confirmed = wakes.confirmed
      .then(() => consumer.attach(connection))
      .catch((cause) => {
        // If the connection has ended, the consumer resumes over the next one.
        if (commandFailure(cause).code !== 'broker_down') void end()
        throw cause
      })
    return { confirmed, end }
  }

  /** Never rejects. */
  async leaveAll(): Promise<void> {
    await Promise.all([...this.#attached].map((consumer) => consumer.leaveNow()))
  }

  /** The connection has ended. */
  stop(): void {
    for (const consumer of this.#attached) consumer.detach()
  }
}
