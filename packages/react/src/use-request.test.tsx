import type { Message } from '@wildcast/client'
import { Activity, useEffect, useLayoutEffect, useRef } from 'react'
import { describe, expect, it } from 'vitest'
import { type Connected, connect } from '../../client/src/testing/connect.js'
import type { Requesting } from './requesting.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useRequest } from './use-request.js'

function Requester(props: { readonly seen: Requesting[] }) {
  props.seen.push(useRequest('math.sum', { timeoutMs: 100 }))
  return null
}

function RequesterWithParts(props: { readonly onPart: (part: Message) => unknown; readonly seen: Requesting[] }) {
  props.seen.push(useRequest('math.sum', { onPart: props.onPart }))
  return null
}

function RequesterOf(props: { readonly subject: string; readonly seen: Requesting[] }) {
  props.seen.push(useRequest(props.subject))
  return null
}

/** Sends one request after it is mounted, as a component does that loads its data. */
function RequesterOnMount(props: { readonly seen: Requesting[]; readonly when: typeof useEffect }) {
  const request = useRequest('math.sum')
  props.seen.push(request)
  const hasRequested = useRef(false)
  props.when(() => {
    if (hasRequested.current) return
    hasRequested.current = true
    void request.call([1, 2])
  })
  return null
}

async function renderRequester(): Promise<
  Connected & { seen: Requesting[]; view: Awaited<ReturnType<typeof renderWithClient>>; now(): Requesting }
> {
  const connected = await connect()
  const seen: Requesting[] = []
  const view = await renderWithClient(connected.client, <Requester seen={seen} />)
  return { ...connected, seen, view, now: () => seen.at(-1) as Requesting }
}

describe('useRequest', () => {
  it('sends a request, and returns the answer in its state and to its caller', async () => {
    const { now, relay } = await renderRequester()
    const answer = now().call([1, 2])
    await eventually(() => expect(now().pending).toBe(true))
    const [request] = relay.link.all('Request')
    expect(request).toMatchObject({ subject: 'math.sum', message: '[1,2]', timeout: 100 })
    relay.link.send({ kind: 'Response', ref: request?.ref as number, message: '3' })
    await eventually(() => expect(now()).toMatchObject({ data: 3, pending: false, error: undefined }))
    expect((await answer).data).toBe(3)
  })

  it('shows why it failed, without an unhandled rejection', async () => {
    const { now, relay } = await renderRequester()
    void now().call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    const [request] = relay.link.all('Request')
    relay.link.send({ kind: 'Error', ref: request?.ref, code: 'no_responders', message: 'no responder', retry: true })
    await eventually(() => expect(now()).toMatchObject({ pending: false, error: { code: 'no_responders' } }))
  })

  it('cancels a call that a newer one replaces', async () => {
    const { now, relay } = await renderRequester()
    const first = now().call('first')
    const second = now().call('second')
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    await eventually(() => expect(relay.link.all('Request').length).toBe(2))
    const [older, newer] = relay.link.all('Request')
    expect(relay.link.all('Cancel')).toMatchObject([{ ref: older?.ref }])
    relay.link.send({ kind: 'Response', ref: newer?.ref as number, message: 'answer' })
    expect((await second).data).toBe('answer')
    await eventually(() => expect(now().data).toBe('answer'))
  })

  it('cancels its pending request when it is unmounted', async () => {
    const { now, relay, view } = await renderRequester()
    const answer = now().call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    await view.unmount()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(relay.link.all('Cancel').length).toBe(1)
  })

  it('drops the answer of another subject, and cancels the request to it', async () => {
    const { client, relay } = await connect()
    const seen: Requesting[] = []
    const view = await renderWithClient(client, <RequesterOf subject="user.1" seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '"one"' })
    await eventually(() => expect(seen.at(-1)?.data).toBe('one'))
    void seen.at(-1)?.call()
    await eventually(() => expect(seen.at(-1)?.pending).toBe(true))
    seen.length = 0
    await view.show(<RequesterOf subject="user.2" seen={seen} />)
    expect(seen.map(({ data, pending }) => [data, pending])).toEqual(seen.map(() => [undefined, false]))
    expect(relay.link.all('Cancel').length).toBe(1)
  })

  it.each([
    ['an effect', useEffect],
    ['a layout effect', useLayoutEffect],
  ])('keeps the request of %s while StrictMode mounts it twice', async (_, when) => {
    const { client, relay } = await connect()
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterOnMount seen={seen} when={when} />)
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    expect(seen.at(-1)?.pending).toBe(true)
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '3' })
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
    expect(relay.link.all('Cancel')).toEqual([])
  })

  it('cancels its request when it is hidden, and is not pending when it is shown again', async () => {
    const { client, relay } = await connect()
    const seen: Requesting[] = []
    const ask = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Requester seen={seen} />
      </Activity>
    )
    const view = await renderWithClient(client, ask('visible'))
    void seen.at(-1)?.call('first')
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '"one"' })
    await eventually(() => expect(seen.at(-1)?.data).toBe('one'))
    const answer = seen.at(-1)?.call('second')
    await eventually(() => expect(seen.at(-1)?.pending).toBe(true))
    await view.show(ask('hidden'))
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(relay.link.all('Cancel').length).toBe(1)
    await view.show(ask('visible'))
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 'one', error: undefined }))

    void seen.at(-1)?.call('third')
    await eventually(() => expect(relay.link.all('Request').length).toBe(3))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[2]?.ref as number, message: '"three"' })
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 'three' }))
  })

  it('shows the answer to a request that was sent while it was hidden', async () => {
    const { client, relay } = await connect()
    const seen: Requesting[] = []
    const ask = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Requester seen={seen} />
      </Activity>
    )
    const view = await renderWithClient(client, ask('visible'))
    await view.show(ask('hidden'))
    const answer = seen.at(-1)?.call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '3' })
    await answer
    await view.show(ask('visible'))
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
  })

  it('does not change its state for a late call of its former subject', async () => {
    const { client, relay } = await connect()
    const seen: Requesting[] = []
    const view = await renderWithClient(client, <RequesterOf subject="user.1" seen={seen} />)
    const former = seen.at(-1) as Requesting
    await view.show(<RequesterOf subject="user.2" seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '"two"' })
    await eventually(() => expect(seen.at(-1)?.data).toBe('two'))
    const late = former.call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(2))
    relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[1]?.ref as number, message: '"one"' })
    await late
    await view.show(<RequesterOf subject="user.2" seen={seen} />)
    expect(seen.at(-1)?.data).toBe('two')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('reports an onPart that %s, and continues', async (_, onPart) => {
    const { client, relay, errors } = await connect()
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterWithParts onPart={onPart} seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(relay.link.all('Request').length).toBe(1))
    const ref = relay.link.all('Request')[0]?.ref as number
    relay.link.send({ kind: 'Response', ref, message: '1', more: true })
    relay.link.send({ kind: 'Response', ref, message: '3' })
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
    await eventually(() => expect(errors).toMatchObject([{ stage: 'handler', message: 'broken' }]))
  })

  it('returns the refusal of an invalid subject', async () => {
    const { client, errors } = await connect()
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterOf subject="user..1" seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, error: { code: 'invalid_subject' } }))
    expect(errors).toEqual([])
  })
})
