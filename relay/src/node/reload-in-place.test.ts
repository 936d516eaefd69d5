import { expect, it } from 'vitest'
import type { ComponentConfig, Config } from './config/config.js'
import { reloadInPlace } from './reload-in-place.js'

const component = (id: string, timeoutMs = 1000): ComponentConfig => ({
  id,
  source: `/${id}.mjs`,
  broker: 'main',
  subscription: { kind: 'request', path: '/' } as unknown as ComponentConfig['subscription'],
  result: {},
  config: {},
  timeoutMs,
  memoryMb: 64,
})

const usual: Config = {
  brokers: new Map([['main', { type: 'memory' }]]),
  gateways: [{ port: 3015, timeoutMs: 2000 }],
  bridges: [],
  components: [component('one'), component('two')],
  notes: [],
}

async function reload(
  now: Config,
  before = usual,
): Promise<{ readonly loaded: readonly string[]; readonly lines: readonly string[] }> {
  const loaded: string[] = []
  const lines = await reloadInPlace(before, now, {
    components: { reload: async (id) => void loaded.push(id) },
    auth: { reload: async () => before.auth?.module !== undefined },
    contract: before.contract && { reload: async () => void loaded.push('contract') },
  })
  return { loaded, lines }
}

it('loads the modules of all components again', async () => {
  expect(await reload(structuredClone(usual))).toEqual({
    loaded: ['one', 'two'],
    lines: ['component "one" is loaded again', 'component "two" is loaded again'],
  })
})

it('names everything that needs a restart, and leaves it as it is', async () => {
  const now: Config = {
    ...usual,
    brokers: new Map([
      ['other', { type: 'memory' }],
      ['main', { type: 'redis', url: 'redis://localhost' }],
    ]),
    gateways: [{ port: 3016, timeoutMs: 2000 }],
    components: [component('one', 2000), component('three')],
    workers: 4,
  }
  expect(await reload(now)).toEqual({
    loaded: [],
    lines: [
      'nothing was applied: restart to change broker "main", broker "other", the default broker, ' +
        'the ports and their options, component "one", component "two", component "three", the number of workers',
    ],
  })
})

it('loads the hooks of [auth] again if [auth] is the same', async () => {
  const before = { ...usual, components: [], auth: { module: '/auth.js', roles: { guest: { subscribe: ['a'] } } } }
  expect((await reload(structuredClone(before), before)).lines).toEqual(['the hooks of [auth] are loaded again'])
  const roles = { guest: { subscribe: ['b'] }, viewer: {} }
  expect((await reload({ ...before, auth: { ...before.auth, roles } }, before)).lines).toEqual([
    'nothing was applied: restart to change role "guest", role "viewer"',
  ])
  expect((await reload({ ...before, auth: { ...before.auth, anonymous: 'guest' } }, before)).lines).toEqual([
    'nothing was applied: restart to change [auth]',
  ])
})
