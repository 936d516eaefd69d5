import type { RelayFacts } from '../../../core/relay.js'
import { type MqttCounts, newMqttCounts } from './mqtt-counts.js'
import type { MqttGatewaySettings } from './mqtt-gateway-settings.js'
import { MqttSession } from './mqtt-session.js'
import { MqttSessions, type SessionOwner } from './mqtt-sessions.js'
import type { QueueRoom } from './queue-room.js'
import { SysTopics } from './sys-topics.js'

/** The relay, as the MQTT gateway uses it, whatever the port. */
export type MqttServerPorts = Pick<RelayFacts, 'clock' | 'limits'>

/** The state that all MQTT ports of a relay share: a client finds its session at each of them. */
export class MqttServer {
  readonly counts: MqttCounts = newMqttCounts()
  readonly sessions: MqttSessions
  readonly sys: SysTopics
  readonly #ports: MqttServerPorts
  readonly #room: QueueRoom

  /** @param version - of the relay, for `$SYS/broker/version` */
  constructor(ports: MqttServerPorts, version: string) {
    const { clock, limits } = ports
    this.#ports = ports
    this.#room = { used: 0, limit: limits.memory }
    this.sessions = new MqttSessions({ clock, mostAway: limits.away })
    this.sys = new SysTopics({ clock, counts: this.counts, version, sessions: () => this.sessions.size.all })
  }

  /** The relay shuts down: sessions end, and the wills of their clients are published. */
  close(): void {
    this.sessions.close()
  }

  /** Returns a new session. Its owner has no other. */
  newSession(owner: SessionOwner, { queue }: Pick<MqttGatewaySettings, 'queue'>): MqttSession {
    const { clock, limits } = this.#ports
    const session = new MqttSession({
      clock,
      counts: this.counts,
      room: this.#room,
      queue: { messages: queue, bytes: Math.max(limits.backlog, 2 * limits.payload) },
      over: (ended) => {
        this.sessions.delete(owner, ended)
        this.sys.forget(ended)
      },
    })
    return session
  }
}
