import type { Message } from '@wildcast/client'
import { Activity, useEffect, useLayoutEffect, useRef } from 'react'
import { describe, expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import type { Requesting } from './requesting.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type Responder, respond } from './testing/responder.js'
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

interface Rendered extends Tested {
  readonly view: Awaited<ReturnType<typeof renderWithClient>>
  now(): Requesting
}

async function renderRequester(): Promise<Rendered> {
  const connected = await tested()
  const seen: Requesting[] = []
  const view = await renderWithClient(connected.client, <Requester seen={seen} />)
  return { ...connected, view, now: () => seen.at(-1) as Requesting }
}

const arrived = (peer: Responder, count = 1): Promise<void> => eventually(() => expect(peer.asked).toHaveLength(count))

describe('useRequest', () => {
  it('sends a request, and returns the answer in its state and to its caller', async () => {
    const { now, relay } = await renderRequester()
    const peer = await respond({ relay }, 'math.sum')
    const answer = now().call([1, 2])
    await eventually(() => expect(now().pending).toBe(true))
    await arrived(peer)
    expect(peer.asked).toEqual([[1, 2]])
    expect(relay.frames('Request')).toMatchObject([{ subject: 'math.sum', message: '[1,2]', timeout: 100 }])
    peer.answer(3)
    await eventually(() => expect(now()).toMatchObject({ data: 3, pending: false, error: undefined }))
    expect((await answer).data).toBe(3)
  })

  it('shows why it failed, without an unhandled rejection', async () => {
    const { now } = await renderRequester()
    void now().call()
    await eventually(() => expect(now()).toMatchObject({ pending: false, error: { code: 'no_responders' } }))
  })

  it('cancels a call that a newer one replaces', async () => {
    const { now, relay } = await renderRequester()
    const peer = await respond({ relay }, 'math.sum')
    const first = now().call('first')
    const second = now().call('second')
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    await arrived(peer, 2)
    expect(relay.frames('Cancel')).toMatchObject([{ ref: relay.frames('Request')[0]?.ref }])
    peer.answer('late', 0)
    peer.answer('answer', 1)
    expect((await second).data).toBe('answer')
    await eventually(() => expect(now().data).toBe('answer'))
  })

  it('cancels its pending request when it is unmounted', async () => {
    const { now, relay, view } = await renderRequester()
    const peer = await respond({ relay }, 'math.sum')
    const answer = now().call()
    await arrived(peer)
    await view.unmount()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(relay.frames('Cancel').length).toBe(1)
  })

  it('drops the answer of another subject, and cancels the request to it', async () => {
    const { client, relay } = await tested()
    const peer = await respond({ relay }, 'user.1')
    const seen: Requesting[] = []
    const view = await renderWithClient(client, <RequesterOf subject="user.1" seen={seen} />)
    void seen.at(-1)?.call()
    await arrived(peer)
    peer.answer('one')
    await eventually(() => expect(seen.at(-1)?.data).toBe('one'))
    void seen.at(-1)?.call()
    await eventually(() => expect(seen.at(-1)?.pending).toBe(true))
    seen.length = 0
    await view.show(<RequesterOf subject="user.2" seen={seen} />)
    expect(seen.map(({ data, pending }) => [data, pending])).toEqual(seen.map(() => [undefined, false]))
    expect(relay.frames('Cancel').length).toBe(1)
  })

  it.each([
    ['an effect', useEffect],
    ['a layout effect', useLayoutEffect],
  ])('keeps the request of %s while StrictMode mounts it twice', async (_, when) => {
    const { client, relay } = await tested()
    const peer = await respond({ relay }, 'math.sum')
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterOnMount seen={seen} when={when} />)
    await arrived(peer)
    expect(seen.at(-1)?.pending).toBe(true)
    peer.answer(3)
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
    expect(relay.frames('Request').length).toBe(1)
    expect(relay.frames('Cancel')).toEqual([])
  })

  it('cancels its request when it is hidden, and is not pending when it is shown again', async () => {
    const { client, relay } = await tested()
    const peer = await respond({ relay }, 'math.sum')
    const seen: Requesting[] = []
    const ask = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Requester seen={seen} />
      </Activity>
    )
    const view = await renderWithClient(client, ask('visible'))
    void seen.at(-1)?.call('first')
    await arrived(peer)
    peer.answer('one')
    await eventually(() => expect(seen.at(-1)?.data).toBe('one'))
    const answer = seen.at(-1)?.call('second')
    await eventually(() => expect(seen.at(-1)?.pending).toBe(true))
    await view.show(ask('hidden'))
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(relay.frames('Cancel').length).toBe(1)
    await view.show(ask('visible'))
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 'one', error: undefined }))

    void seen.at(-1)?.call('third')
    await eventually(() => expect(peer.asked.at(-1)).toBe('third'))
    peer.answer('three')
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 'three' }))
  })

  it('shows the answer to a request that was sent while it was hidden', async () => {
    const { client, relay } = await tested()
    const peer = await respond({ relay }, 'math.sum')
    const seen: Requesting[] = []
    const ask = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Requester seen={seen} />
      </Activity>
    )
    const view = await renderWithClient(client, ask('visible'))
    await view.show(ask('hidden'))
    const answer = seen.at(-1)?.call()
    await arrived(peer)
    peer.answer(3)
    await answer
    await view.show(ask('visible'))
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
  })

  it('does not change its state for a late call of its former subject', async () => {
    const { client, relay } = await tested()
    const [one, two] = [await respond({ relay }, 'user.1'), await respond({ relay }, 'user.2')]
    const seen: Requesting[] = []
    const view = await renderWithClient(client, <RequesterOf subject="user.1" seen={seen} />)
    const former = seen.at(-1) as Requesting
    await view.show(<RequesterOf subject="user.2" seen={seen} />)
    void seen.at(-1)?.call()
    await arrived(two)
    two.answer('two')
    await eventually(() => expect(seen.at(-1)?.data).toBe('two'))
    const late = former.call()
    await arrived(one)
    one.answer('one')
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
    const { client, relay, errors } = await tested()
    relay.createClient().serve('math.sum', async function* () {
      yield 1
      return 3
    })
    await relay.settled()
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterWithParts onPart={onPart} seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, data: 3 }))
    await eventually(() => expect(errors).toMatchObject([{ stage: 'handler', message: 'broken' }]))
  })

  it('returns the refusal of an invalid subject', async () => {
    const { client, errors } = await tested()
    const seen: Requesting[] = []
    await renderWithClient(client, <RequesterOf subject="user..1" seen={seen} />)
    void seen.at(-1)?.call()
    await eventually(() => expect(seen.at(-1)).toMatchObject({ pending: false, error: { code: 'invalid_subject' } }))
    expect(errors).toEqual([])
  })
})
