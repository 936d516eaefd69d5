import { createTestRelay } from '@wildcast/testing'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { WildcastProvider, type WildcastProviderProps } from './provider.js'
import { dehydrate, prefetchHistory, prefetchValues } from './server.js'
import { useValues as useSuspenseValues } from './suspense.js'
import { eventually } from './testing/eventually.js'
import { useHistory } from './use-history.js'
import { useValue } from './use-value.js'

const shown: string[] = []

function Page() {
  const { data, status } = useValue<number>('good.apple')
  const all = useSuspenseValues('good.*').values.size
  const text = `${data} ${status} ${all}`
  shown.push(text)
  return <p>{text}</p>
}

const page = (props: WildcastProviderProps) => (
  <WildcastProvider {...props}>
    <Page />
  </WildcastProvider>
)

it('a page shows what the server has read at once, and then follows', async () => {
  const server = await tested()
  await server.relay.publish('good.apple', 1, { retain: true })
  await prefetchValues(server.client, 'good.apple')
  await prefetchValues(server.client, 'good.*')
  const fallbackState = JSON.parse(JSON.stringify(dehydrate(server.client)))
  const onServer = await createTestRelay()
  const html = renderToString(page({ client: onServer.createClient(), fallbackState }))
  expect(html).toBe('<p>1 stale 1</p>')
  expect(onServer.connections).toBe(0)
  await onServer.close()

  const { client, relay, clock } = await tested()
  await relay.publish('good.apple', 2, { retain: true })
  relay.delay(1000)
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  shown.length = 0
  const errors: unknown[] = []
  const root = hydrateRoot(container, page({ client, fallbackState }), {
    onRecoverableError: (error) => errors.push(error),
  })
  await eventually(() => expect(relay.frames('Subscribe')).toHaveLength(2))
  expect(new Set(shown)).toEqual(new Set(['1 stale 1']))
  await clock.advance(2000)
  await eventually(() => expect(container.textContent).toBe('2 synced 1'))
  expect(shown.filter((text) => text.startsWith('undefined'))).toEqual([])
  expect(errors).toEqual([])
  root.unmount()
})

function Room() {
  const { items, status, hasMore } = useHistory('room.1', { limit: 2 })
  return <p>{`${items.map((one) => one.text())} ${status} ${hasMore}`}</p>
}

it('a server reads the newest page of a history', async () => {
  const { client, relay } = await tested({ history: [{ subjects: 'room.*', messages: 10 }] })
  for (const text of ['a', 'b', 'c']) await relay.publish('room.1', text)
  await prefetchHistory(client, 'room.1', { limit: 2 })
  const fallbackState = dehydrate(client)
  const html = renderToString(
    <WildcastProvider client={client} fallbackState={fallbackState}>
      <Room />
    </WildcastProvider>,
  )
  expect(html).toBe('<p>b,c ready true</p>')
})

it('what is refused is not read', async () => {
  const { client, relay } = await tested({ history: [{ subjects: '**', messages: 10 }] })
  relay.refuse('subscribe', '**')
  await expect(prefetchValues(client, 'good.*')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(prefetchHistory(client, 'good.*')).rejects.toMatchObject({ code: 'forbidden' })
  expect(dehydrate(client)).toEqual({})
})
