import { describe, expect, it } from 'vitest'
import { authRelay } from './auth-relay.js'
import { dialects, known, open, watch } from './hostile-clients.js'
import { marker } from './hostile-inputs.js'

// Rows C1 to C12 at a relay whose clients have identities.

describe.each(dialects)('a hostile frame over $protocol', (dialect) => {
  it.each(dialect.inputs)('of a client that is not known is refused unread: $name', async ({ frame }) => {
    const relay = await authRelay()
    const leaksNothing = await watch(relay)
    const stranger = await open(relay, dialect)
    stranger.send(frame)
    const answer = dialect.decode(await stranger.next())
    const isLong = frame.length > 64 * 1024
    // The words do not depend on the frame.
    const refusal = isLong
      ? { code: 'too_large', message: 'send at most 65536 bytes before "Welcome"' }
      : { code: 'unauthorized', message: 'these credentials are not valid; sign in again' }
    expect(answer).toEqual({ Error: { ...refusal, retry: false } })
    expect((await stranger.closed).code).toBe(isLong ? 4413 : 4501)
    expect(stranger.waiting).toEqual([])
    await leaksNothing()
  })

  it.each(dialect.inputs)('of a known client is answered, and its connection continues: $name', async (input) => {
    const relay = await authRelay()
    const leaksNothing = await watch(relay)
    const ada = await known(relay, dialect)
    ada.send(input.frame)
    const answer = dialect.decode(await ada.next())
    expect(answer).toMatchObject({ Error: { code: input.code } })
    expect(JSON.stringify(answer)).not.toContain(marker)
    await leaksNothing()
    ada.send(dialect.encode({ Publish: { ref: 2, subject: 'allowed.a', message: '' } }))
    expect(dialect.decode(await ada.next())).toEqual({ Ack: { ref: 2 } })
  })
})
