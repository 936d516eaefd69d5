import { type Client, type ClientOptions, createClient, type OpenTransport } from '@wildcast/client'
import { jsonCodec, readRelayFrame } from '@wildcast/protocol'
import { onTestFinished } from 'vitest'
import type { Relay } from '../../src/core/relay.js'
import type { ClientConnection } from '../../src/gateways/connections/connection.js'
import { v1Encoder } from '../../src/gateways/dialects/v1/encoders.js'
import { v1 } from '../../src/gateways/dialects/v1/v1.js'
import type { FakeClock } from '../../src/testing/fake-clock.js'
import { newClient } from '../../src/testing/new-client.js'

/** A client of the SDK, and its connections to the relay, without sockets. */
export interface SdkClient {
  readonly client: Client
  readonly errors: string[]
  /** Breaks the connection, as a lost network does. */
  cut(): void
  /** Whether new connections fail. @default false */
  isOffline: boolean
}

const encode = (text: string | Uint8Array): Uint8Array => new TextEncoder().encode(`${String(text)}\n`)
const lines = v1(jsonCodec, v1Encoder(jsonCodec, encode))

/** Creates a client of the present relay. It is closed when the test is done. */
export function sdkClient(relay: () => Relay, clock: FakeClock, options: Partial<ClientOptions>): SdkClient {
  const errors: string[] = []
  let drop: (() => void) | undefined
  const transport: OpenTransport = (events) => {
    let isOpen = true
    const close = (): void => {
      if (!isOpen) return
      isOpen = false
      events.close({ code: 1006, reason: 'cut' })
    }
    const connection: ClientConnection = {
      waiting: 0,
      paused: false,
      write(bytes, done) {
        const text = new TextDecoder().decode(bytes)
        queueMicrotask(() => {
          for (const line of text.split('\n'))
            if (line !== '' && isOpen) events.frame(readRelayFrame(jsonCodec.decode(line)), line.length)
        })
        done?.(true)
        return true
      },
      whenDrained: () => {},
      ping: () => connection.write(encode('"Ping"')),
      pause: () => () => {},
      end: () => queueMicrotask(close),
    }
    const dialect = lines(relay(), connection, newClient)
    drop = () => {
      if (!isOpen) return
      dialect.close()
      close()
    }
    queueMicrotask(() => (one.isOffline ? close() : events.open()))
    return {
      send: (frame) => isOpen && dialect.receive(String(jsonCodec.encode(frame))),
      close(code) {
        isOpen = false
        dialect.close(code)
      },
    }
  }
  const client = createClient({
    url: 'ws://relay.test',
    transport,
    clock,
    onError: ({ code }, { stage }) => errors.push(`${stage} ${code}`),
    ...options,
  })
  const one: SdkClient = { client, errors, cut: () => drop?.(), isOffline: false }
  onTestFinished(() => client.close())
  return one
}
