import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { start } from '../../client/src/testing/connect.js'
import { connectToHistory } from '../../client/src/testing/history-relay.js'
import { connectToValues } from '../../client/src/testing/value-relay.js'
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
  const server = await connectToValues()
  server.write('good.apple', '1')
  await prefetchValues(server.client, 'good.apple')
  await prefetchValues(server.client, 'good.*')
  const fallbackState = JSON.parse(JSON.stringify(dehydrate(server.client)))
  const onServer = start()
  const html = renderToString(page({ client: onServer.client, fallbackState }))
  expect(html).toBe('<p>1 stale 1</p>')
  expect(onServer.relay.links).toEqual([])

  const relay = await connectToValues()
  relay.write('good.apple', '2')
  relay.isPrompt = false
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  shown.length = 0
  const errors: unknown[] = []
  const root = hydrateRoot(container, page({ client: relay.client, fallbackState }), {
    onRecoverableError: (error) => errors.push(error),
  })
  await eventually(() => expect(relay.relay.link.all('Subscribe')).toHaveLength(2))
  expect(new Set(shown)).toEqual(new Set(['1 stale 1']))
  relay.sync()
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
  const relay = await connectToHistory('room.1')
  relay.write('a', 'b', 'c')
  await prefetchHistory(relay.client, 'room.1', { limit: 2 })
  const fallbackState = dehydrate(relay.client)
  const html = renderToString(
    <WildcastProvider client={relay.client} fallbackState={fallbackState}>
      <Room />
    </WildcastProvider>,
  )
  expect(html).toBe('<p>b,c ready true</p>')
})

it('what is refused is not read', async () => {
  const { client, relay } = await connectToValues()
  relay.answer = (frame) =>
    'ref' in frame ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false } : undefined
  await expect(prefetchValues(client, 'good.*')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(prefetchHistory(client, 'good.*')).rejects.toMatchObject({ code: 'forbidden' })
  expect(dehydrate(client)).toEqual({})
})
