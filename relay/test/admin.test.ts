import { type Subject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { Grants, type Identity, metrics, type OnFailure, type RelayServerOptions } from '../src/index.js'
import { openControl } from '../src/node/admin/control.js'
import { openBroker } from '../src/node/open-broker.js'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { kinds } from './brokers/kinds.js'
import { answerTo, request } from './raw-http.js'
import { type StartedRelay, startRelay } from './start-relay.js'

/** The admin port of a relay. */
async function startAdmin(): Promise<StartedRelay> {
  const control = openControl({ hasUsers: true, onError: () => {} })
  const relay = await startRelay({ gateways: control.gateways(metrics().gateway) })
  control.begin(relay.relay)
  return relay
}

describe('the admin port', () => {
  it.each([
    ['GET /sessions', 'Origin: http://localhost:3016'],
    ['GET /sessions', 'Sec-Fetch-Site: cross-site'],
    ['GET /sessions', 'Sec-Fetch-Site: same-origin'],
    ['GET /metrics', 'Origin: null'],
    ['POST /admin/disconnect', 'Origin: https://evil.example'],
  ])('refuses pages: %s with %s (H2, H3)', async (line, header) => {
    const admin = await startAdmin()
    const body = '{"user":"ada"}'
    const sent = request(line, [header, `Content-Length: ${body.length}`], body).replace('Host: x', 'Host: localhost')
    expect(await answerTo(admin, sent)).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('on a loopback address refuses other host names, which a page may resolve to it', async () => {
    const admin = await startAdmin()
    for (const [host, status] of [
      ['evil.example:3016', 403],
      ['localhost.evil.example', 403],
      ['', 403],
      ['LOCALHOST:3016', 200],
      ['127.0.0.1', 200],
      ['[::1]:3016', 200],
    ] as const)
      expect({
        host,
        answer: await answerTo(admin, request('GET /sessions').replace('Host: x', `Host: ${host}`)),
      }).toEqual({
        host,
        answer: expect.stringMatching(`^HTTP/1.1 ${status} `),
      })
  })

  it.each(['', '{}', '{"user":""}', '{"user":["a"]}', '[]', 'ada', `{"user":"${'x'.repeat(5000)}"}`])(
    'refuses to disconnect with the body %j',
    async (body) => {
      const { address } = await startAdmin()
      const response = await fetch(`http://${address}/admin/disconnect`, { method: 'POST', body })
      expect([400, 413]).toContain(response.status)
    },
  )

  it.each(['0', '1001', '-1', '1.5', 'x', ''])('refuses pages of %j items', async (limit) => {
    const { address } = await startAdmin()
    expect((await fetch(`http://${address}/sessions?limit=${limit}`)).status).toBe(400)
  })
})

describe('the list of sessions', () => {
  it.each([Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])(
    'is complete if a session expires at %d, for which there is no date',
    async (expiresAt) => {
      const admin = await startAdmin()
      admin.relay.open({ deliver: () => {}, ended: () => {} }, { user: 'ada', claims: {}, expiresAt })
      const { sessions } = (await (await fetch(`http://${admin.address}/sessions`)).json()) as { sessions: unknown[] }
      expect(sessions).toMatchObject([{ user: 'ada', expires: expect.stringContaining('T') }])
    },
  )
})

describe('the signal that ends the sessions of a user', () => {
  const ada: Identity = { user: 'ada', claims: {}, grants: new Grants([], {}) }

  /** A relay, and the sessions of ada that an operator or another relay has ended. */
  async function start(
    options: Partial<RelayServerOptions> & { readonly hasUsers?: boolean; readonly own?: readonly string[] } = {},
  ) {
    const { hasUsers = true, own, ...others } = options
    const errors: string[] = []
    const onError: OnFailure = ({ message }, { stage }) => void errors.push(`${stage}: ${message}`)
    const control = openControl({ hasUsers, own, onError })
    const relay = await startRelay({ gateways: control.gateways(metrics().gateway), ...others })
    control.begin(relay.relay)
    let ended = 0
    const session = (): void =>
      void relay.relay.open({ deliver: () => {}, ended: () => {}, revoked: () => void ended++ }, ada)
    const disconnect = async (user = 'ada'): Promise<unknown> =>
      (
        await fetch(`http://${relay.address}/admin/disconnect`, { method: 'POST', body: JSON.stringify({ user }) })
      ).json()
    return { ...relay, errors, session, ended: () => ended, disconnect }
  }

  it.each(Object.entries(kinds))('reaches the other relays at %s', async (_, kind) => {
    const { port } = await kind.start()
    const brokers = { main: openBroker(kind.settings(port, 5000)) }
    const [one, other] = [await start({ brokers }), await start({ brokers })]
    for (const { relay } of [one, other]) await expect.poll(() => relay.health()[0]?.status).toBe('up')
    one.session()
    // The other relay's subscription may not be confirmed yet.
    await expect
      .poll(async () => {
        other.session()
        expect(await one.disconnect()).toMatchObject({ user: 'ada', unreached: [] })
        return other.ended()
      })
      .toBeGreaterThan(0)
    expect(one.ended()).toBe(1)
    expect({ one: one.errors, other: other.errors }).toEqual({ one: [], other: [] })
  })

  it('counts once if several brokers pass it on', async () => {
    const shared = { a: scriptedBroker(), b: scriptedBroker() }
    const relay = await start({ brokers: { a: shared.a.open, b: shared.b.open } })
    relay.session()
    const payload = '{"user":"ada","id":"1"}'
    shared.a.deliver('_relay.disconnect', { subject: '_relay.disconnect' as Subject, payload })
    expect(relay.ended()).toBe(1)
    relay.session()
    shared.b.deliver('_relay.disconnect', { subject: '_relay.disconnect' as Subject, payload })
    expect(relay.ended()).toBe(1)
  })

  it.each(['', 'ada', '{}', '{"user":"ada"}', '{"user":1,"id":"1"}', '[]', 'null'])(
    'is ignored if it is %j',
    async (payload) => {
      const broker = scriptedBroker()
      const relay = await start({ brokers: { main: broker.open } })
      relay.session()
      broker.deliver('_relay.disconnect', { subject: '_relay.disconnect' as Subject, payload })
      expect(relay.ended()).toBe(0)
    },
  )

  it('is not subscribed to by a relay whose clients have no identities', async () => {
    const broker = scriptedBroker()
    await start({ brokers: { main: broker.open }, hasUsers: false })
    expect(broker.log).toEqual([])
  })

  it('names the brokers that have not confirmed it; the sessions here end at once', async () => {
    const broker = scriptedBroker()
    const relay = await start({ brokers: { main: broker.open, test: scriptedBroker().open } })
    broker.holdPublishes()
    relay.session()
    expect(await relay.disconnect()).toEqual({ user: 'ada', ended: 1, notified: ['test'], unreached: ['main'] })
  })

  it('is not sent to brokers that no other relay can share', async () => {
    const relay = await start({ brokers: { main: scriptedBroker().open, test: scriptedBroker().open }, own: ['main'] })
    expect(await relay.disconnect()).toEqual({ user: 'ada', ended: 0, notified: ['test'], unreached: [] })
  })

  it('is reported in the log if a broker refuses to deliver it', async () => {
    const broker = scriptedBroker()
    broker.hold()
    const relay = await start({ brokers: { main: broker.open } })
    await expect.poll(() => broker.log).toEqual(['+_relay.disconnect'])
    broker.refuse(new WildcastError('forbidden', 'no permission'))
    await expect
      .poll(() => relay.errors)
      .toEqual([expect.stringContaining('does not deliver _relay.disconnect: no permission')])
  })

  it('can not be sent by a client', async () => {
    const relay = await startRelay()
    const response = await fetch(`http://${relay.address}/publish/_relay.disconnect`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(403)
  })
})
