import { readFileSync } from 'node:fs'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { start } from '../../client/src/testing/connect.js'
import { useCan, useConnection, usePublish, useRequest, useSubscription, WildcastProvider } from './index.js'
import { storeSlotOf } from './store-slot.js'

function Page() {
  const { items, status } = useSubscription('good.*')
  const connection = useConnection()
  const request = useRequest('math.sum')
  usePublish('good.apple')
  const { allowed } = useCan('publish', 'good.apple')
  return createElement('p', null, `${items.length} ${status} ${connection.state} ${request.pending} ${allowed}`)
}

it('a server render does not subscribe, and shows the empty state', () => {
  const { client, relay } = start()
  expect(renderToString(createElement(WildcastProvider, { client }, createElement(Page)))).toBe(
    '<p>0 idle idle false undefined</p>',
  )
  expect(relay.links.flatMap(({ sent }) => sent)).toEqual([])
  expect(storeSlotOf(client, 'good.*', {}).find()).toBe(undefined) // nor does it keep a store
})

it('the entry is a client module for server components', () => {
  const entry = readFileSync(new URL('index.ts', import.meta.url), 'utf8')
  expect(entry).toMatch(/^'use client'/)
  expect(entry).not.toContain('export *') // which Next.js refuses in a client module
})
