import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { folderWith, run, says, start } from '../command.js'
import { freePort } from '../servers/free-port.js'
import { connect, type Socket } from '../socket.js'

const secret = 'a secret of at least 32 bytes, for tests'

const token = (sub: string): Promise<string> =>
  new SignJWT({ sub, wildcast: { role: 'member' } })
    .setExpirationTime('1h')
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(secret))

/** A relay command with authentication and an admin port. */
async function startWithAdmin(more = '') {
  const port = await freePort()
  const admin = `127.0.0.1:${await freePort()}`
  const cwd = await folderWith(
    'wildcast.toml',
    `port = ${port}
    host = "127.0.0.1"
    admin = "${admin}"
    ${more}
    brokers.main.type = "memory"
    [auth.jwt]
    key = "${secret}"
    [roles.member]
    publish = ["**"]
    subscribe = ["**"]`,
  )
  const child = start(['up'], { cwd })
  await says(child.stdout, /^The admin port is /)
  const command = async (...args: string[]) => run(args, { cwd })
  return { cwd, address: `127.0.0.1:${port}`, admin, command }
}

/** A client of a user, with a subscription. */
async function clientOf(address: string, user: string): Promise<Socket> {
  const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
  socket.send(JSON.stringify({ Connect: { token: await token(user) } }))
  await socket.json()
  socket.send('{"Subscribe":{"ref":1,"subject":"good.*"}}')
  expect(await socket.json()).toMatchObject({ Subscribed: {} })
  return socket
}

describe.each(['', 'workers = 3'])('the admin port (%s)', (more) => {
  it('lists the sessions and subscriptions of all workers, without a token', async () => {
    const { address, admin, command } = await startWithAdmin(more)
    for (const user of ['ada', 'bob', 'ada', 'eve']) await clientOf(address, user)
    const { out, code } = await command('ls')
    expect(code).toBe(0)
    expect(out.match(/ ada +member +20\d\d-/g)).toHaveLength(2)
    expect(out).toMatch(/^main +good\.\* +- +- +4$/m)
    expect(out).not.toContain(secret)

    const { sessions } = JSON.parse((await command('ls', '--json', '--user', 'ada')).out)
    expect(sessions).toHaveLength(2)
    expect(Object.keys(sessions[0]).sort()).toEqual(
      ['expires', 'requests', 'role', 'session', 'since', 'subscriptions', 'user'].sort(),
    )
    const seen: string[] = []
    for (let after = ''; after !== undefined; ) {
      const page = await (await fetch(`http://${admin}/sessions?limit=1&after=${after}`)).json()
      expect({ total: page.total, items: page.sessions.length }).toEqual({ total: 4, items: 1 })
      seen.push(page.sessions[0].user)
      after = page.next
    }
    expect(seen.sort()).toEqual(['ada', 'ada', 'bob', 'eve'])
  })

  it('ends the sessions of a user in every worker, and no others', async () => {
    const { address, command } = await startWithAdmin(more)
    const ada = await Promise.all(['ada', 'ada', 'ada', 'ada'].map((user) => clientOf(address, user)))
    const bob = await clientOf(address, 'bob')
    const { out, err, code } = await command('disconnect', 'ada')
    expect({ out, err, code }).toEqual({
      out: '4 sessions ended here; no other relay shares a memory broker\n',
      err: '',
      code: 0,
    })
    for (const { closed } of ada) expect((await closed).code).toBe(4501)
    bob.send('{"Publish":{"ref":2,"subject":"other","message":""}}')
    expect(await bob.json()).toEqual({ Ack: { ref: 2 } })
    expect((await command('disconnect', 'ada')).out).toBe(
      '0 sessions ended here; no other relay shares a memory broker\n',
    )
  })

  it('has the metrics, which the public port no longer has; both report health', async () => {
    const { address, admin } = await startWithAdmin(more)
    const statuses = (host: string): Promise<number[]> =>
      Promise.all(
        ['/metrics', '/sessions', '/subscriptions', '/healthz', '/readyz'].map(
          async (path) => (await fetch(`http://${host}${path}`)).status,
        ),
      )
    expect(await statuses(address)).toEqual([404, 404, 404, 200, 200])
    expect(await statuses(admin)).toEqual([200, 200, 200, 200, 200])
    expect((await fetch(`http://${address}/admin/disconnect`, { method: 'POST', body: '{"user":"a"}' })).status).toBe(
      404,
    )
  })
})

describe('a ticket', () => {
  it('that one worker makes is valid once, at every worker', async () => {
    const { address } = await startWithAdmin('workers = 3')
    const headers = { authorization: `Bearer ${await token('ada')}`, connection: 'close' }
    const open = async (ticket: string): Promise<number> => {
      const url = `http://${address}/subscribe/good.*?ticket=${ticket}`
      const response = await fetch(url, { headers: { accept: 'text/event-stream', connection: 'close' } })
      await response.body?.cancel()
      return response.status
    }
    for (let i = 0; i < 9; i++) {
      const answer = await fetch(`http://${address}/ticket`, { method: 'POST', headers })
      const { ticket } = (await answer.json()) as { ticket: string }
      // Each request has a connection of its own, so the next worker takes it.
      expect({ first: await open(ticket), second: await open(ticket) }).toEqual({ first: 200, second: 401 })
    }
    for (const ticket of ['', '.', 'x', '../../x.y', '01ARZ3NDEKTSV4RRFFQ69G5FAV.x'])
      expect(await open(ticket)).toBe(401)
  })

  it('comes with a WebSocket, too', async () => {
    const { address } = await startWithAdmin('workers = 3')
    const headers = { authorization: `Bearer ${await token('ada')}`, connection: 'close' }
    for (let i = 0; i < 6; i++) {
      const { ticket } = await (await fetch(`http://${address}/ticket`, { method: 'POST', headers })).json()
      const socket = await connect(`ws://${address}/ws?ticket=${ticket}`, 'wildcast.v1+json')
      socket.send('{"Connect":{}}')
      expect(await socket.json()).toMatchObject({ Welcome: {} })
    }
  })
})

describe('the admin commands', () => {
  it('name the remedy if there is no admin port, or no relay', async () => {
    const cwd = await folderWith('wildcast.toml', 'brokers.main.type = "memory"')
    expect(await run(['ls'], { cwd })).toEqual({
      code: 1,
      out: '',
      err: 'wildcast.toml has no admin port; add admin = "127.0.0.1:3016", or name the port with --admin\n',
    })
    const port = await freePort()
    expect(await run(['disconnect', 'ada', '--admin', `127.0.0.1:${port}`], { cwd })).toEqual({
      code: 1,
      out: '',
      err: `can't reach the admin port 127.0.0.1:${port}; is the relay running there?\n`,
    })
  })
})
