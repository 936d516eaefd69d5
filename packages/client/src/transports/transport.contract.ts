import { jsonCodec, payloadText, type RelayFrame, type WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { platformClock } from '../time/clock.js'
import type { OpenTransport, Transport, TransportSettings } from './transport.js'

/** A server for the tests of a transport. */
export interface Peer {
  /** Settings with which the transport connects to the server. */
  readonly settings: Pick<TransportSettings, 'url' | 'WebSocket'> & Partial<TransportSettings>
  /** Resolves with the subjects of the received publishes, in order. */
  published(): Promise<readonly string[]>
  /**
   * Sends an invalid frame, then a message on `good.apple` to its subscriber.
   */
  sendInvalid(): Promise<void>
  /** Ends all connections. */
  hangUp(code: number, reason: string): void
  close(): Promise<void>
}

interface Opened {
  readonly transport: Transport
  readonly log: string[]
  readonly frames: RelayFrame[]
  readonly faults: WildcastError[]
  /** Resolves when the log contains the line. */
  seen(line: string): Promise<void>
}

/** The tests that every transport must pass. */
export function transportContract(name: string, openTransport: OpenTransport, openPeer: () => Promise<Peer>): void {
  const open = ({ settings }: Pick<Peer, 'settings'>): Opened => {
    const log: string[] = []
    const frames: RelayFrame[] = []
    const faults: WildcastError[] = []
    let wake = (): void => undefined
    const note = (line: string): void => {
      log.push(line)
      wake()
    }
    const transport = openTransport(
      {
        open: () => note('open'),
        frame(frame) {
          frames.push(frame)
          note(frame.kind)
        },
        fault(error) {
          faults.push(error)
          note('fault')
        },
        close: ({ code, reason }) => note(`close ${code} ${reason}`.trim()),
      },
      { codec: jsonCodec, clock: platformClock, ...settings },
    )
    log.push('returned')
    const seen = async (line: string): Promise<void> => {
      while (!log.includes(line)) await new Promise<void>((resolve) => (wake = resolve))
    }
    return { transport, log, frames, faults, seen }
  }

  describe(`the transport ${name}`, () => {
    test('has no event before its function has returned, then opens', async () => {
      const peer = await openPeer()
      const { seen, log } = open(peer)
      await seen('open')
      expect(log).toEqual(['returned', 'open'])
      await peer.close()
    })
    test('receives Welcome after Connect', async () => {
      const peer = await openPeer()
      const { transport, seen } = open(peer)
      await seen('open')
      transport.send({ kind: 'Connect' })
      await seen('Welcome')
      await peer.close()
    })
    test('delivers the frames sent before a close, in order', async () => {
      const peer = await openPeer()
      const { transport, seen } = open(peer)
      await seen('open')
      const subjects = Array.from({ length: 100 }, (_, i) => `good.n${i}`)
      transport.send({ kind: 'Connect' })
      for (const [i, subject] of subjects.entries()) transport.send({ kind: 'Publish', subject, message: 'x' }, i + 1)
      transport.close(1000)
      expect(await peer.published()).toEqual(subjects)
      await peer.close()
    })
    test('continues after an invalid frame', async () => {
      const peer = await openPeer()
      const { transport, seen, faults, frames } = open(peer)
      await seen('open')
      transport.send({ kind: 'Connect' })
      transport.send({ kind: 'Subscribe', ref: 1, subject: 'good.*' }, 1)
      await seen('Subscribed')
      await peer.sendInvalid()
      await seen('Message')
      expect(faults).toMatchObject([{ name: 'WildcastError', code: 'invalid_frame' }])
      const frame = frames.at(-1)
      expect(frame).toMatchObject({ kind: 'Message', subject: 'good.apple', broker: 'test' })
      expect(frame?.kind === 'Message' && payloadText(frame.message)).toBe('hi')
      await peer.close()
    })
    test('reports how the server closed it', async () => {
      const peer = await openPeer()
      const { transport, seen } = open(peer)
      await seen('open')
      transport.send({ kind: 'Connect' })
      await seen('Welcome')
      peer.hangUp(4501, 'who are you?')
      await seen('close 4501 who are you?')
      await peer.close()
    })
    test('reports that it could not be opened', async () => {
      const peer = await openPeer()
      await peer.close()
      const { log, seen } = open(peer)
      while (log.length < 2) await Promise.race([seen('never'), new Promise(setImmediate)])
      expect(log[1]).toMatch(/^close 1006/)
      expect(log).toHaveLength(2)
    })
    test('can be closed before it is open', async () => {
      const peer = await openPeer()
      open(peer).transport.close()
      await peer.close()
    })
  })
}
