import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { ClientConnection, Dialect } from './connection.js'

/** The client's side of a connection. */
export interface Peer {
  send(message: string): void
  /** The text of what has come so far. */
  readonly heard: string
  /** Goes away. */
  leave(): void
  /** Resolves when the relay has ended the connection, with its close code. */
  readonly ended: Promise<number>
}

/** Opens a connection that speaks a dialect, and resolves with its other side. */
export type OpenConnection = (speak: (connection: ClientConnection) => Dialect) => Promise<Peer>

/**
 * What every connection promises, whatever is spoken over it. `framed` gives what a dialect writes
 * to be heard as a text.
 */
export function connectionContract(
  name: string,
  { open, framed }: { readonly open: OpenConnection; readonly framed: (text: string) => Uint8Array },
): void {
  /** Keeps what comes, and how it ends. */
  async function opened() {
    const received: string[] = []
    let closed = 0
    let connection: ClientConnection | undefined
    const peer = await open((opening) => {
      connection = opening
      return {
        receive: (data) => void received.push(String(data)),
        ping: () => {},
        end: () => {},
        close: () => void closed++,
      }
    })
    if (!connection) throw new Error('nothing is spoken over the connection')
    return { peer, connection, received, closed: () => closed }
  }

  describe(`${name} keeps the contract of connections`, () => {
    it('brings what the client sends to its dialect, in order', async () => {
      const { peer, received } = await opened()
      for (const text of ['a', 'b', 'c']) peer.send(text)
      await expect.poll(() => received).toEqual(['a', 'b', 'c'])
    })

    it('carries what is written, in order, and says that it has left', async () => {
      const { peer, connection } = await opened()
      const written: boolean[] = []
      for (const text of ['a', 'b', 'c']) connection.write(framed(text), (done) => written.push(done) > 0)
      await expect.poll(() => peer.heard).toBe('abc')
      await expect.poll(() => written).toEqual([true, true, true])
      await expect.poll(() => connection.waiting).toBe(0)
    })

    it('brings nothing while it is paused, and all of it when it goes on', async () => {
      const { peer, connection, received } = await opened()
      const [first, second] = [connection.pause(), connection.pause()]
      peer.send('later')
      connection.write(framed('meanwhile'))
      await expect.poll(() => peer.heard).toBe('meanwhile')
      first()
      first() // it counts once
      expect({ received, paused: connection.paused }).toEqual({ received: [], paused: true })
      second()
      await expect.poll(() => received).toEqual(['later'])
    })

    it('closes its dialect once when the client has left', async () => {
      const { peer, closed } = await opened()
      peer.leave()
      await expect.poll(closed).toBe(1)
    })

    it('ends with the code of an error, behind what was written before, and carries nothing after it', async () => {
      const { peer, connection, closed } = await opened()
      connection.write(framed('last'))
      connection.end(new WildcastError('rate_limited', 'enough'))
      const written: boolean[] = []
      connection.write(framed('late'), (done) => written.push(done) > 0)
      expect(await peer.ended).toBe(4429)
      expect({ heard: peer.heard, written }).toEqual({ heard: 'last', written: [false] })
      peer.leave()
      await expect.poll(closed).toBe(1)
    })
  })
}
