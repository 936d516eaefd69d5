import { onTestFinished } from 'vitest'
import {
  health,
  http,
  memory,
  newId,
  type RelayServer,
  type RelayServerOptions,
  realClock,
  serveRelay,
  streamEndpoint,
  websocket,
} from '../src/index.js'

export interface StartedRelay extends RelayServer {
  /** `127.0.0.1:<port>` */
  readonly address: string
  /** The errors that `onError` received, as the log would show them. */
  readonly errors: string[]
}

/** Opens a relay on a free loopback port. It closes when the test is done. */
export async function startRelay(
  options: Partial<RelayServerOptions> & { mode?: 'binary' | 'text' | 'messagepack' | 'json' } = {},
): Promise<StartedRelay> {
  const errors: string[] = []
  const serving = await serveRelay({
    brokers: { test: memory({ clock: options.clock ?? realClock, newId }) },
    gateways: [http, health, streamEndpoint, websocket({ mode: options.mode ?? 'json' })],
    port: 0,
    host: '127.0.0.1',
    onError: (error, at) => errors.push(JSON.stringify({ ...at, code: error.code, message: error.message })),
    ...options,
  })
  onTestFinished(() => serving.close())
  return { ...serving, address: `127.0.0.1:${serving.port}`, errors }
}
