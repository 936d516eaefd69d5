import { expect } from 'vitest'
import type { RawClient } from './raw-client.js'
import { onMosquitto } from './server-under-test.js'
import type { Packet, PropertyName } from './wire.js'

/** Strings that are not UTF-8: broken, a surrogate, an overlong form; and one with U+0000. */
export const badStrings = [
  [0xc3, 0x28],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0x61, 0, 0x62],
].map((one) => Buffer.from(one))

/** The server closes the connection of an accepted client; with MQTT 5 it sends the reason. */
export async function closes(client: RawClient, ...codes: readonly number[]): Promise<void> {
  const rest = (await client.rest()).map(({ type, code }) => `${type} ${code}`)
  // mosquitto has other codes, or none: only the close is required.
  if (client.level < 5) expect(rest).toEqual([])
  else if (onMosquitto) expect(rest.filter((one) => !one.startsWith('disconnect'))).toEqual([])
  else expect([rest.length, codes.map((code) => `disconnect ${code}`)]).toEqual([1, expect.arrayContaining(rest)])
}

/** The server closes a connection with a bad CONNECT; with MQTT 5 it may send the reason. */
export async function refuses(client: RawClient): Promise<void> {
  const rest = await client.rest()
  if (client.level < 5) expect(rest).toEqual([])
  for (const { type, code = 0, acknowledge } of rest) {
    expect({ type, acknowledge }).toEqual({ type: 'connack', acknowledge: 0 })
    expect(code).toBeGreaterThanOrEqual(0x80)
  }
}

/** The value of a property, or the values if there are several; undefined if it is absent. */
export function property({ properties }: Packet, name: PropertyName): unknown {
  const values = properties.filter(([one]) => one === name).map(([, value]) => value)
  return values.length > 1 ? values : values[0]
}

/** Messages in short: `topic text`. */
export const messages = (packets: readonly Packet[]): string[] =>
  packets.filter(({ type }) => type === 'publish').map(({ topic, text }) => `${topic} ${text}`)

let markers = 0

/**
 * The messages that `client` receives before one that `from` publishes now. It shows that an
 * earlier message doesn't arrive.
 */
export async function untilMarker(client: RawClient, from: RawClient): Promise<string[]> {
  markers += 1
  const topic = `marker/${process.pid}/${markers}`
  client.subscribe([[topic, 0]], [], 999)
  const before: Packet[] = []
  const until = async (wanted: (one: Packet) => boolean): Promise<void> => {
    for (let one = await client.take(); one; one = await client.take()) {
      if (wanted(one)) return
      before.push(one)
    }
    throw new Error('the connection is closed')
  }
  await until(({ type, id }) => type === 'suback' && id === 999)
  await from.published(topic, '', { id: 999 })
  await until((one) => one.topic === topic)
  return messages(before)
}
