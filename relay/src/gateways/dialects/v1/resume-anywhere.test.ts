import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LineFrame, lineRelay, payloadsOf, subscribe } from '../../../testing/line-relay.js'
import { settled } from '../../../testing/scripted-link.js'

/** The events of a client and its relay. */
const events = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ type: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ type: fc.constant('confirm' as const) }),
    fc.record({ type: fc.constant('second' as const) }),
    // The last frames of each side are lost.
    fc.record({ type: fc.constant('cut' as const), ours: fc.nat(6), theirs: fc.nat(6) }),
  ),
  { maxLength: 30 },
)

it('every frame arrives once and in order, both ways, wherever the connection is cut (R1)', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (story) => {
      const { clock, connected, deliver } = await lineRelay()
      const published: string[] = []
      let line = connected()
      /** The client's frames that the relay has not confirmed, and the number of the first. */
      let kept: unknown[] = []
      let first = 1
      /** The frames that have not arrived. */
      let underway: unknown[] = []
      /** The frames that the client has handled. */
      const handled: LineFrame[] = []
      let delivered = 0
      const arrive = (): void => {
        for (const frame of underway) line.send(frame)
        underway = []
      }
      const handle = (frames: readonly LineFrame[]): void => {
        for (const frame of frames)
          if (frame.Received === undefined) handled.push(frame)
          else {
            kept = kept.slice(frame.Received + 1 - first)
            first = frame.Received + 1
          }
      }
      const send = (frame: unknown): void => {
        kept.push(frame)
        underway.push(frame)
      }
      send(subscribe)
      send({ Subscribe: { ref: 2, subject: 'b' } })
      arrive()
      await settled()
      for (const event of story)
        switch (event.type) {
          case 'publish':
            for (let i = 0; i < event.count; i++) {
              published.push(`p${published.length}`)
              send({ Publish: { ref: 100 + published.length, subject: 'b', message: published.at(-1) } })
            }
            break
          case 'deliver':
            await deliver(...Array.from({ length: event.count }, () => `m${delivered++}`))
            break
          case 'confirm':
            arrive()
            await settled()
            handle(line.received())
            line.send({ Received: handled.length })
            break
          case 'second':
            clock.advance(1000)
            break
          case 'cut': {
            underway = underway.slice(0, Math.max(0, underway.length - event.ours))
            arrive()
            await settled()
            const frames = line.received()
            handle(frames.slice(0, Math.max(0, frames.length - event.theirs)))
            const session = line.welcome.session
            line.dialect.close(1006)
            line = connected({ session, received: handled.length })
            expect(line.welcome).toMatchObject({ resumed: true })
            handle([{ Received: line.welcome.received }])
            underway = [...kept]
          }
        }
      arrive()
      await settled()
      handle(line.received())
      expect(payloadsOf(handled)).toEqual(Array.from({ length: delivered }, (_, i) => `m${i}`))
      const acked = handled.flatMap(({ Ack }) => Ack?.ref ?? [])
      expect(acked).toEqual(published.map((_, i) => 101 + i))
    }),
    { numRuns: 300 },
  )
})
