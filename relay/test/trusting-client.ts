import { type Client, createClient } from '@wildcast/client'
import { onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { makeCertificates } from './servers/certificates.js'

/** Trusts the certificate of the tests' servers. */
class Trusting extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { ca: makeCertificates().ca })
  }
}

/** Creates a client of a server with the tests' certificate. It is closed when the test is done. */
export function trustingClient(url: string, Socket: unknown = Trusting): Client {
  const client = createClient({ url, WebSocket: Socket as typeof WebSocket })
  onTestFinished(() => client.close())
  return client
}

/** Makes `fetch`, which has no option for it in Node, trust every server until the test is done. */
export function trustEverything(): void {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())
}
