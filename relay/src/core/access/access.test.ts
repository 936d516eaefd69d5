import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { Access, type AccessPorts, type Authorize } from './access.js'
import { type Action, Grants } from './grants.js'
import { everything } from './identity.js'

const action = (subject = 'a', kind: Action['kind'] = 'publish'): Action => ({
  kind,
  subject: parsePattern(subject),
  broker: 'main',
})

function open(authorize?: Authorize, options: Partial<AccessPorts> = {}) {
  const clock = fakeClock()
  const failures: unknown[] = []
  const ports = { clock, authorize, failed: (cause: unknown) => failures.push(cause), ...options }
  return { access: new Access(ports, everything), clock, failures, ports }
}

const viewer = {
  user: 'ada',
  claims: {},
  grants: new Grants([{ name: 'role "viewer"', rules: { publish: ['a'] } }], {}),
}

describe('access', () => {
  it('is open without rules and without a hook', () => {
    const { access } = open()
    expect(access.isOpen).toBe(true)
    expect(access.demand(action())).toBeUndefined()
  })

  it('is refused by the rules before the hook is called', () => {
    const asked: Action[] = []
    const { ports } = open((one) => asked.push(one) > 0)
    const access = new Access(ports, viewer)
    expect(() => access.demand(action('b'))).toThrow('you may not publish "b"; ask for the permission')
    expect(access.demand(action('a'))).toBeUndefined()
    expect(asked).toEqual([action('a')])
  })

  it('explains a refusal with `explain`', () => {
    const { ports } = open(undefined, { explain: true })
    const refused = (): unknown => new Access(ports, viewer).demand(action('b'))
    expect(refused).toThrow('no publish rule of role "viewer" covers it; add publish = ["main:b"]')
  })

  it('is refused to an anonymous client with the hint to sign in', () => {
    const refuse = (explain: boolean) => () =>
      new Access({ ...open().ports, explain }, { ...viewer, user: undefined }).demand(action('b'))
    expect(refuse(false)).toThrow('you may not publish "b"; sign in with a token, or ask for the permission')
    expect(refuse(true)).toThrow(/add publish = \["main:b"\]; or sign in with a token$/)
  })

  it('is refused with the pattern as it is usually written', () => {
    const access = new Access(open().ports, viewer)
    expect(() => access.demand(action('a.>', 'subscribe'))).toThrow('you may not subscribe to "a.>"; ask for')
    expect(() => access.demand(action('a', 'presence'))).toThrow('you may not enter "a"; ask for')
  })

  it.each<[string, () => unknown]>([
    ['false', () => false],
    ['nothing', () => undefined],
    ['a truthy value', () => 1],
    ['an object that allows by another type', () => ({ allowed: 'yes' })],
    ['a promise of false', async () => false],
    ['a promise of an object', async () => ({})],
  ])('is refused if the hook returns %s (P11)', async (_, decide) => {
    const { access } = open(decide as Authorize)
    await expect((async () => access.demand(action()))()).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is refused if the hook fails, and the operator learns why (P11)', async () => {
    const error = new Error('database down')
    for (const decide of [
      () => {
        throw error
      },
      async () => Promise.reject(error),
    ]) {
      const { access, failures } = open(decide)
      await expect((async () => access.demand(action()))()).rejects.toMatchObject({ code: 'forbidden' })
      expect(failures).toEqual([error])
    }
  })

  it('is refused if the hook takes more than 5 seconds; other subjects are decided meanwhile (P11)', async () => {
    const { access, clock, failures } = open(({ subject }) => (subject === 'a' ? new Promise(() => {}) : true))
    const refused = access.demand(action('a'))?.catch((cause: unknown) => cause)
    expect(access.demand(action('b'))).toBeUndefined()
    clock.advance(5000)
    expect(await refused).toMatchObject({ code: 'forbidden' })
    expect(failures).toEqual([new Error('authorize took longer than 5 s')])
    expect(clock.timers).toBe(0)
  })

  it('is decided once for as long as the hook states', async () => {
    let asked = 0
    const { access, clock } = open(async () => ({ allowed: ++asked > 0, cacheMs: 1000 }))
    await access.demand(action())
    expect(access.demand(action())).toBeUndefined()
    clock.advance(1000)
    await access.demand(action())
    expect(asked).toBe(2)
  })

  it('decides equal actions in the order of the calls, however long each takes (P11)', async () => {
    const answers: ((allowed: boolean) => void)[] = []
    const { access } = open(() => new Promise((resolve) => answers.push(resolve)))
    const order: number[] = []
    const done = [1, 2, 3].map((n) => access.demand(action())?.then(() => order.push(n)))
    for (let i = 0; i < 3; i++) {
      await expect.poll(() => answers.length).toBe(i + 1)
      answers[i]?.(true)
    }
    await Promise.all(done)
    expect(order).toEqual([1, 2, 3])
  })
})
