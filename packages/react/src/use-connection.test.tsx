import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type Connection, useConnection } from './use-connection.js'

function ConnectionRecorder(props: { readonly seen: Connection[] }) {
  props.seen.push(useConnection())
  return null
}

it('useConnection returns the state of the connection, and reconnects at once', async () => {
  const { client, relay } = await tested()
  const seen: Connection[] = []
  await renderWithClient(client, <ConnectionRecorder seen={seen} />)
  expect(seen.at(-1)).toMatchObject({ state: 'online', rttMs: 0, since: expect.any(Number) })
  relay.cut()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ state: 'waiting', nextRetryAt: expect.any(Number) }))
  seen.at(-1)?.retryNow()
  await eventually(() => expect(seen.at(-1)?.state).toBe('online'))
  expect(relay.frames('Connect').length).toBe(2)
})
