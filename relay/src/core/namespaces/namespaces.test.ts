import { parsePattern, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { recordingOutlet } from '../../testing/recording-outlet.js'
import { type ScriptedBroker, scriptedBroker } from '../../testing/scripted-broker.js'
import { relayOn, subscribe } from '../../testing/scripted-relay.js'
import { everything, type Identity } from '../access/identity.js'
import { nobody } from '../observer.js'
import type { RelayOptions } from '../relay.js'

const home = (broker: string) => ({ brokers: { main: broker } })
const both = { shop: home('shop_main'), blog: home('blog_main') }
const clientOf = (namespace: string, user = 'ada'): Identity => ({ user, namespace, claims: {} })

interface Brokers {
  readonly own: ScriptedBroker
  readonly shop: ScriptedBroker
  readonly blog: ScriptedBroker
}

async function opened(options: Partial<RelayOptions> = {}) {
  const scripted: Brokers = { own: scriptedBroker(), shop: scriptedBroker(), blog: scriptedBroker() }
  const brokers = { main: scripted.own.open, shop_main: scripted.shop.open, blog_main: scripted.blog.open }
  const { relay, errors } = await relayOn(scripted.own, { brokers, namespaces: both, ...options })
  return { relay, errors, brokers, ...scripted }
}

describe('namespaces', () => {
  it('have brokers of their own, under the names that clients use', async () => {
    const { relay, own, shop, blog } = await opened()
    const [one, other] = [clientOf('shop'), everything].map((client) => relay.open(recordingOutlet(), client))
    await one?.publish({ subject: 'a', payload: '' })
    await other?.publish({ subject: 'b', payload: '', broker: 'main' })
    expect([own.log, shop.log, blog.log]).toEqual([['!b'], ['!a'], []])
    expect(one?.brokers.map(({ name }) => name)).toEqual(['main'])
    expect(relay.brokers().map(({ name }) => name)).toEqual(['main'])
    await expect(other?.publish({ subject: 'b', payload: '', broker: 'shop_main' })).rejects.toMatchObject({
      code: 'unknown_broker',
    })
  })

  it('are those of an endpoint for clients without one', async () => {
    const { relay, blog } = await opened()
    const session = relay.within('blog').open(recordingOutlet(), everything)
    await session.publish({ subject: 'a', payload: '' })
    expect(blog.log).toEqual(['!a'])
    expect(session.identity.namespace).toBe('blog')
    expect(() => relay.within('blog').open(recordingOutlet(), clientOf('shop'))).toThrow('your token is for namespace')
    expect(() => relay.open(recordingOutlet(), clientOf('store'))).toThrow('no namespace "store"')
    expect(() => relay.within('blog').only('shop_main')).toThrow('there are: main')
  })

  it('do not share the rate of a user', async () => {
    const { relay } = await opened({ limits: { userPublishes: 1 } })
    const publish = (client: Identity) => relay.open(recordingOutlet(), client).publish({ subject: 'a', payload: '' })
    await publish(clientOf('shop'))
    await publish(clientOf('blog'))
    await expect(publish(clientOf('shop'))).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('have the names of the relay in metrics and lists', async () => {
    const published: string[] = []
    const { relay } = await opened({ observer: { ...nobody, published: (broker) => published.push(broker) } })
    const session = relay.open(recordingOutlet(), clientOf('shop'))
    await session.publish({ subject: 'a', payload: '' })
    await subscribe(session, 'a')
    expect(published).toEqual(['shop_main'])
    expect(relay.listSubscriptions({ limit: 9 }).items).toEqual([
      { namespace: 'shop', broker: 'shop_main', subject: 'a', sessions: 1 },
    ])
    expect(relay.listSessions({ limit: 9 }, { namespace: 'shop' })).toMatchObject({
      total: 1,
      items: [{ namespace: 'shop', user: 'ada' }],
    })
    expect(relay.listSessions({ limit: 9 }, { namespace: 'blog' }).total).toBe(0)
  })

  it('are reached by their brokers from the inside, and by bridges', async () => {
    const bridges = [{ from: { broker: 'shop_main', pattern: parsePattern('a') }, to: 'blog_main' }]
    const { relay, shop, blog } = await opened({ bridges })
    await relay.inside.publish('shop_main', { subject: parseSubject('b'), payload: '' })
    shop.deliver('a', { subject: parseSubject('a'), payload: '' })
    expect([shop.log, blog.log]).toEqual([['+a', '!b'], ['!a']])
    expect(relay.inside.brokers()).toEqual(['main', 'shop_main', 'blog_main'])
    expect(() => relay.inside.can('store_main', 'queue')).toThrow('there are: main, shop_main, blog_main')
  })

  it('end the sessions of one user in one of them', async () => {
    const { relay } = await opened()
    for (const name of ['shop', 'blog']) relay.open(recordingOutlet(), clientOf(name))
    expect(relay.disconnect('ada', 'shop')).toBe(1)
    expect(relay.disconnect('ada')).toBe(1)
  })

  it.each<[what: string, options: Partial<RelayOptions>, message: string]>([
    ['share a broker', { namespaces: { ...both, blog: home('shop_main') } }, 'both have the broker "shop_main"'],
    ['name a broker that does not exist', { namespaces: { shop: home('store') } }, '"store", which does not exist'],
  ])('are refused if they %s', async (_, options, message) => {
    await expect(opened(options)).rejects.toThrow(message)
  })
})

describe('a change of namespaces', () => {
  it('ends clients of those that are gone or changed, and no others', async () => {
    const { relay, brokers } = await opened()
    const revoked: string[] = []
    for (const namespace of ['shop', 'blog', undefined])
      relay.open(
        { ...recordingOutlet(), revoked: ({ code }) => void revoked.push(`${namespace} ${code}`) },
        namespace === undefined ? everything : clientOf(namespace),
      )
    const store = scriptedBroker()
    const now = { shop: both.shop, store: home('store_main') }
    await relay.changeNamespaces({ brokers: { ...brokers, store_main: store.open }, namespaces: now })
    expect(revoked).toEqual(['blog interrupted'])
    expect(() => relay.open(recordingOutlet(), clientOf('blog'))).toThrow('no namespace "blog"')
    await relay.open(recordingOutlet(), clientOf('store')).publish({ subject: 'a', payload: '' })
    expect(store.log).toEqual(['!a'])
    await relay.changeNamespaces({ brokers, namespaces: { shop: both.shop } }, new Set(['shop']))
    expect(revoked).toEqual(['blog interrupted', 'shop interrupted'])
    await relay.open(recordingOutlet(), clientOf('shop')).publish({ subject: 'a', payload: '' })
  })

  it('opens the others if a broker can not be opened', async () => {
    const { relay, brokers, blog } = await opened({ namespaces: {} })
    const broken = { ...brokers, shop_main: async () => Promise.reject(new Error('broken')) }
    await expect(relay.changeNamespaces({ brokers: broken, namespaces: both })).rejects.toThrow('broken')
    await relay.open(recordingOutlet(), clientOf('blog')).publish({ subject: 'a', payload: '' })
    expect(blog.log).toEqual(['!a'])
    await relay.changeNamespaces({ brokers, namespaces: both })
    await relay.open(recordingOutlet(), clientOf('shop')).publish({ subject: 'a', payload: '' })
  })
})
