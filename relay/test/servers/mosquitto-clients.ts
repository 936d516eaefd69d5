import { runToEnd, startChild } from './child.js'
import { programFile } from './program-file.js'

const at = (port: number): string[] => ['-h', '127.0.0.1', '-p', `${port}`, '--nodelay']

/**
 * Publishes with mosquitto_pub, by default at least once. Resolves when the server has it. `flags`
 * are such as `['-V', 'mqttv5']`.
 */
export async function mosquittoPub(
  port: number,
  topic: string,
  payload: string | Uint8Array,
  flags: readonly string[] = [],
): Promise<void> {
  const source = payload.length === 0 ? '-n' : '-s'
  await runToEnd('mosquitto_pub', [...at(port), '-t', topic, '-q', '1', source, ...flags], payload)
}

export interface MqttMessage {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: number
  readonly retain: boolean
  /** With the names of mosquitto_sub, such as `response-topic`; with `-V mqttv5` only. */
  readonly properties?: Readonly<Record<string, unknown>>
}

/** `retain` is a number in its output. */
type Printed = Pick<MqttMessage, 'topic' | 'qos' | 'properties'> & { retain: 0 | 1 }

export interface MosquittoSub {
  /** The next message, in order. */
  next(): Promise<MqttMessage>
  /** The server's answer to each filter: the quality of service, or an error from 128. */
  readonly granted: readonly number[]
  stop(): Promise<void>
}

/** Subscribes with mosquitto_sub. Resolves when the server has answered. */
export async function mosquittoSub(
  port: number,
  filters: readonly string[],
  flags: readonly string[] = [],
): Promise<MosquittoSub> {
  // The payload comes first, in hexadecimal: its JSON does not preserve bytes.
  const words = [...at(port), ...filters.flatMap((filter) => ['-t', filter]), '-d', '-F', '%x %j', ...flags]
  // Into a pipe it would print "Subscribed" only with its first message.
  const child = startChild('stdbuf', ['-oL', programFile('mosquitto_sub'), ...words], 4_000_000)
  const [, granted = ''] = await child.says(/^Subscribed \(mid: \d+\): (.*)$/m)
  return {
    granted: granted.split(', ').map(Number),
    async next() {
      const [, hex = '', json = ''] = await child.says(/^([0-9a-f]*) (\{.*\})\n/m)
      const { topic, qos, retain, properties } = JSON.parse(json) as Printed
      return { topic, qos, retain: retain === 1, payload: Buffer.from(hex, 'hex'), ...(properties && { properties }) }
    },
    stop: () => child.end('SIGTERM'),
  }
}
