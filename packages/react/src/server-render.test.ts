import { readFileSync } from 'node:fs'
import { storeSlotOf } from '@wildcast/client/store'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { started, type Tested } from '../../client/src/testing/tested.js'
import { useCan, useConnection, usePublish, useRequest, useSubscription, WildcastProvider } from './index.js'
import { useHistory } from './use-history.js'
import { useLeader } from './use-leader.js'
import { useLock } from './use-lock.js'
import { useMemberCount } from './use-member-count.js'
import { usePresence } from './use-presence.js'
import { useValue } from './use-value.js'
import { useValues } from './use-values.js'

function Page() {
  const { items, status } = useSubscription('good.*')
  const connection = useConnection()
  const request = useRequest('math.sum')
  usePublish('good.apple')
  const { allowed } = useCan('publish', 'good.apple')
  return createElement('p', null, `${items.length} ${status} ${connection.state} ${request.pending} ${allowed}`)
}

const kinds = ['Subscribe', 'Publish', 'Request', 'Enter', 'CanI'] as const
async function sent(relay: Tested['relay']): Promise<unknown[]> {
  await relay.settled()
  return kinds.flatMap((kind) => relay.frames(kind))
}

it('a server render does not subscribe, and shows the empty state', async () => {
  const { client, relay } = await started()
  expect(renderToString(createElement(WildcastProvider, { client }, createElement(Page)))).toBe(
    '<p>0 idle idle false undefined</p>',
  )
  expect(await sent(relay)).toEqual([])
  expect(storeSlotOf(client, 'good.*', {}).find()).toBe(undefined) // nor does it keep a store
})

function ValuesPage() {
  const { data } = useValue('good.apple')
  const { values, status } = useValues('good.*')
  const { members } = usePresence('room.42', { name: 'Ada' })
  const { held, holder } = useLock('doc.42')
  const { isLeader } = useLeader('leader')
  return createElement('p', null, `${data} ${values.size} ${status} ${members.length} ${held} ${holder} ${isLeader}`)
}

it('a server render does not read values, lock or enter', async () => {
  const { client, relay } = await started()
  expect(renderToString(createElement(WildcastProvider, { client }, createElement(ValuesPage)))).toBe(
    '<p>undefined 0 loading 0 false undefined false</p>',
  )
  expect(await sent(relay)).toEqual([])
})

function IdlePage() {
  const statuses = [useSubscription(null), useValue(null), useValues(null), useHistory(null)].map((one) => one.status)
  return createElement('p', null, `${[...statuses, usePresence(null).status, useMemberCount(null).status]}`)
}

it('hooks without a subject are idle in a server render', async () => {
  const { client } = await started()
  const page = createElement(WildcastProvider, { client }, createElement(IdlePage))
  expect(renderToString(page)).toBe('<p>idle,idle,idle,idle,idle,idle</p>')
})

const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
/** Their functions may be called on a server. */
const forServers = ['./server', './tanstack']
const entries: string[] = Object.keys(exports).filter((name) => name !== './package.json' && !forServers.includes(name))

/** Whether a built file imports React, itself or through others of the package. */
function needsReact(file: URL): boolean {
  const imported = [...readFileSync(file, 'utf8').matchAll(/ from '(.+?)'/g)].map(([, name = '']) => name)
  const own = imported.filter((name) => name.startsWith('.'))
  return imported.some((name) => /^react\b/.test(name)) || own.some((name) => needsReact(new URL(name, file)))
}

it.each(entries)('the entry %s, as built, is a client module for server components if it needs React', (name) => {
  const file = new URL(`../${exports[name].default}`, import.meta.url)
  const entry = readFileSync(file, 'utf8')
  expect(/^'use client';/.test(entry)).toBe(needsReact(file))
  expect(entry).not.toContain('export *') // which Next.js refuses in a client module
})

it('most entries need React', () => {
  const needing = entries.filter((name) => needsReact(new URL(`../${exports[name].default}`, import.meta.url)))
  expect(needing).toEqual(expect.arrayContaining(['.', './history', './locks', './presence', './suspense', './values']))
})

it.each(forServers)('the entry %s, as built, is no client module', (name) => {
  expect(readFileSync(new URL(`../${exports[name].default}`, import.meta.url), 'utf8')).not.toContain('use client')
})
