import { expect, test } from 'vitest'
import { startRelay } from '../start-relay.js'
import { ask, client } from '../v1-client.js'
import { authRelay, token } from './auth-relay.js'

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds
/** The leeway of 60 s counts, too. */
const about = (seconds: number): object => expect.closeTo((seconds + 60) * 1000, -5)

test('Welcome and the Ack of Authenticate have the time until the session ends, and Welcome the user', async () => {
  const socket = await client(await authRelay())
  const welcome = await ask(socket, { Connect: { token: await token({ exp: inSeconds(3600) }) } })
  expect(welcome).toMatchObject({ Welcome: { user: 'ada', expires_in: about(3600) } })
  const renewed = await ask(socket, { Authenticate: { ref: 1, token: await token({ exp: inSeconds(7200) }) } })
  expect(renewed).toEqual({ Ack: { ref: 1, expires_in: about(7200) } })
})

test('a token of another user is refused, and the session keeps its own time', async () => {
  const socket = await client(await authRelay())
  await ask(socket, { Connect: { token: await token() } })
  const refused = await ask(socket, { Authenticate: { ref: 1, token: await token({ sub: 'bob' }) } })
  expect(refused).toMatchObject({ Error: { ref: 1, code: 'unauthorized' } })
  expect(await ask(socket, { Authenticate: { ref: 2, token: await token() } })).toMatchObject({
    Ack: { ref: 2, expires_in: about(3600) },
  })
})

test('a relay without authentication names no time and no user', async () => {
  const { Welcome } = (await ask(await client(await startRelay()), { Connect: {} })) as { Welcome: object }
  expect(Welcome).not.toHaveProperty('expires_in')
  expect(Welcome).not.toHaveProperty('user')
})
