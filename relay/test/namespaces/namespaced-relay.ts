import type { Client } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import { openAuthenticator } from '../../src/auth/authenticator.js'
import {
  historyEndpoint,
  http,
  httpRequest,
  type OpenBroker,
  realClock,
  serverSentEvents,
  streamEndpoint,
  tickets,
  valueEndpoint,
  websocket,
} from '../../src/index.js'
import { type ServingAll, serveAll } from '../../src/node/serve.js'
import { secret, token } from '../auth/auth-relay.js'
import { clientOf } from '../client-of.js'

/** The namespaces of the relay. Both have one broker, under the same name. */
export const namespaces = ['shop', 'blog'] as const

export type NamespaceName = (typeof namespaces)[number]

/** Returns the other namespace. */
export const otherOf = (name: NamespaceName): NamespaceName => (name === 'shop' ? 'blog' : 'shop')

/** A client of a namespace: the same user, role and subjects as in the other one. */
export interface Side {
  readonly name: NamespaceName
  readonly client: Client
  /** The port on which a token decides. */
  readonly address: string
  readonly token: string
  readonly headers: { readonly authorization: string }
}

/** A relay with two namespaces. */
export interface NamespacedRelay extends Record<NamespaceName, Side> {
  readonly serving: ServingAll
  /** The ports of one namespace each. */
  readonly addresses: Readonly<Record<NamespaceName, string>>
}

const everything = {
  publish: ['**'],
  subscribe: ['**', 'request.**'],
  request: ['**'],
  serve: ['**'],
  presence: ['**'],
}

/** Starts a relay with the brokers `shop_main` and `blog_main`. It ends with the test. */
export async function namespacedRelay(brokers: Readonly<Record<NamespaceName, OpenBroker>>): Promise<NamespacedRelay> {
  const { authenticate, issueTicket } = openAuthenticator(
    { jwt: { key: secret }, roles: { member: everything } },
    { clock: realClock },
  )
  const gateways = [
    http,
    valueEndpoint,
    historyEndpoint(),
    serverSentEvents,
    streamEndpoint,
    tickets({ issueTicket }),
    websocket({ mode: 'json' }),
    httpRequest({ form: 'json' }),
  ]
  const endpoint = { gateways, port: 0, host: '127.0.0.1' }
  const serving = await serveAll({
    brokers: { shop_main: brokers.shop, blog_main: brokers.blog },
    namespaces: { shop: { brokers: { main: 'shop_main' } }, blog: { brokers: { main: 'blog_main' } } },
    authenticate,
    endpoints: [endpoint, ...namespaces.map((namespace) => ({ ...endpoint, namespace }))],
    onError: () => {},
  })
  onTestFinished(() => serving.close())
  const [address = '', shop = '', blog = ''] = serving.ports.map((port) => `127.0.0.1:${port}`)
  const side = async (name: NamespaceName): Promise<Side> => {
    const theirs = await token({ wildcast: { role: 'member', namespace: name } })
    const client = clientOf({ address }, { token: () => theirs, onError: () => {} })
    return { name, client, address, token: theirs, headers: { authorization: `Bearer ${theirs}` } }
  }
  return { serving, addresses: { shop, blog }, shop: await side('shop'), blog: await side('blog') }
}
