import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { ClientConnection, Dialect } from './connection.js'

/** The client's side of a connection. */
export interface Peer {
  send(message: string): void
  /** The text that has come so far. */
  readonly text: string
  /** Disconnects. */
  leave(): void
  /** Resolves with the close code when the relay has ended the connection. */
  readonly ended: Promise<number>
}

/** Opens a connection with a dialect, and resolves with its other side. */
export type OpenConnection = (dialectOf: (connection: ClientConnection) => Dialect) => Promise<Peer>

/**
 * Tests what every connection guarantees with any dialect. `framed` encodes a text as a dialect
 * would write it.
 */
export function connectionContract(
  name: string,
  { open, framed }: { readonly open: OpenConnection; readonly framed: (text: string) => Uint8Array },
): void {
  /** Records messages, and the end. */
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
    if (!connection) throw new Error('the connection has no dialect')
    return { peer, connection, received, closed: () => closed }
  }

  describe(`${name} keeps the contract of connections`, () => {
    it('delivers messages of the client to its dialect, in order', async () => {
      const { peer, received } = await opened()
      for (const message of ['a', 'b', 'c']) peer.send(message)
      await expect.poll(() => received).toEqual(['a', 'b', 'c'])
    })

    it('writes in order, and reports that the bytes have left', async () => {
      const { peer, connection } = await opened()
      const written: boolean[] = []
      for (const text of ['a', 'b', 'c']) connection.write(framed(text), (done) => written.push(done) > 0)
      await expect.poll(() => peer.text).toBe('abc')
      await expect.poll(() => written).toEqual([true, true, true])
      await expect.poll(() => connection.waiting).toBe(0)
    })

    it('delivers nothing while it is paused, and everything when it continues', async () => {
      const { peer, connection, received } = await opened()
      const [first, second] = [connection.pause(), connection.pause()]
      peer.send('later')
      connection.write(framed('meanwhile'))
      await expect.poll(() => peer.text).toBe('meanwhile')
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

    it('ends with the code of an error, after earlier writes, and writes nothing more', async () => {
      const { peer, connection, closed } = await opened()
      connection.write(framed('last'))
      connection.end(new WildcastError('rate_limited', 'enough'))
      const written: boolean[] = []
      connection.write(framed('late'), (done) => written.push(done) > 0)
      expect(await peer.ended).toBe(4429)
      expect({ text: peer.text, written }).toEqual({ text: 'last', written: [false] })
      peer.leave()
      await expect.poll(closed).toBe(1)
    })
  })
}
