import { decodeUtf8, type Pattern } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import { commandFailure } from './failures.js'
import type { Keys } from './keys.js'
import { type ConsumerConnection, GroupConsumer } from './member.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'
import type { Terms } from './terms.js'

export interface GroupsOptions extends Pick<ConsumerConnection, 'redis' | 'scripts' | 'failed' | 'dropped'> {
  /** This relay's members by their groups: they outlive connections. */
  readonly members: Map<string, GroupConsumer>
  readonly subscriber: Subscriber
  readonly keys: Keys
  readonly names: RedisNames
  readonly terms: Terms
  readonly clock: Clock
  readonly newId: () => string
}

/** The groups that this relay has a part in, over one connection. */
export class Groups {
  readonly #options: GroupsOptions
  /** Also those that are about to leave. */
  readonly #seated: Set<GroupConsumer> = new Set()

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  join({ pattern, group }: { readonly pattern: Pattern; readonly group: string }, sink: Sink): NativeSubscription {
    const { members, subscriber, keys: all, newId, redis, scripts, failed, dropped } = this.#options
    const keys = all.group(pattern, group)
    const member = members.get(keys.line) ?? new GroupConsumer({ ...this.#options, id: newId(), group, keys })
    members.set(keys.line, member)
    this.#seated.add(member)
    const woken = subscriber.channel(keys.wake, (_, why) => {
      if (decodeUtf8(why) === 'left') member.inherit()
      else member.wake()
    })
    const seat: ConsumerConnection = { redis, scripts, sink, failed, dropped, left: () => this.#seated.delete(member) }
    const end = async (): Promise<void> => {
      if (members.get(keys.line) === member) members.delete(keys.line)
      await Promise.all([woken.end(), member.leave()])
    }
    const sat = woken.confirmed.then(() => member.sit(seat))
    const confirmed = sat.catch((cause) => {
      // With the connection only the seat is lost.
      if (commandFailure(cause).code !== 'broker_down') void end()
      throw cause
    })
    return { confirmed, end }
  }

  /** Never rejects. */
  async leaveAll(): Promise<void> {
    await Promise.all([...this.#seated].map((member) => member.leaveNow()))
  }

  /** The connection has ended. */
  stop(): void {
    for (const member of this.#seated) member.stand()
  }
}
