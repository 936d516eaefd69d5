import { describe, expect, it } from 'vitest'
import { started, tested } from '../../client/src/testing/tested.js'
import type { Publishing, PublishState } from './publishing.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type Send, usePublish } from './use-publish.js'
import { usePublishing } from './use-publishing.js'

function Sender<const Pattern extends string>(props: {
  readonly pattern: Pattern
  readonly take: (send: Send<Pattern>) => void
}) {
  props.take(usePublish(props.pattern))
  return null
}

function StateRecorder(props: { readonly publishing: Publishing; readonly seen: (PublishState | undefined)[] }) {
  props.seen.push(usePublishing(props.publishing))
  return null
}

describe('usePublish', () => {
  it('returns the same function at each render', async () => {
    const { client } = await tested()
    const sends = new Set<unknown>()
    const view = await renderWithClient(client, <Sender pattern="good.apple" take={(send) => sends.add(send)} />)
    sends.clear()
    await view.show(<Sender pattern="good.apple" take={(send) => sends.add(send)} />)
    await view.show(<Sender pattern="good.apple" take={(send) => sends.add(send)} />)
    expect(sends.size).toBe(1)
  })

  it('publishes to a subject, and to a pattern with params for its wildcards', async () => {
    const { client, relay } = await tested()
    await renderWithClient(client, <Sender pattern="good.apple" take={(send) => void send({ price: 3 })} />)
    await renderWithClient(client, <Sender pattern="room.*.msg" take={(send) => void send(['42'], 'hi')} />)
    await eventually(() => {
      const published = relay.frames('Publish').map(({ subject, message }) => [subject, message])
      expect(published).toContainEqual(['good.apple', '{"price":3}'])
      expect(published).toContainEqual(['room.42.msg', 'hi'])
    })
  })

  it('leaves wildcards without params in the subject, to publish to a pattern', async () => {
    const { client, relay } = await tested()
    await renderWithClient(client, <Sender pattern="room.**" take={(send) => void send('hi', { wildcard: true })} />)
    await eventually(() =>
      expect(relay.frames('Publish')).toContainEqual(
        expect.objectContaining({ subject: 'room.**', message: 'hi', wildcard: true }),
      ),
    )
  })

  it('refuses params for a subject, and names the remedy', async () => {
    const { client, relay } = await tested()
    let send: ((...args: unknown[]) => Publishing) | undefined
    await renderWithClient(client, <Sender pattern="good.apple" take={(given) => (send = given as typeof send)} />)
    const publishing = send?.(['42'], 'hi', { broker: 'orders' })
    expect(await publishing?.settled).toBe('rejected')
    expect(publishing?.error?.code).toBe('invalid_subject')
    expect(publishing?.error?.message).toBe('"good.apple" has no "*": give no params')
    expect(relay.frames('Publish')).toEqual([])
  })

  it('shows the state of a publish: sent, then confirmed', async () => {
    const { client } = await tested()
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const publishing = send?.('x') as Publishing
    expect(publishing.state).toBe('sent')
    const seen: (PublishState | undefined)[] = []
    await renderWithClient(client, <StateRecorder publishing={publishing} seen={seen} />)
    await eventually(() => expect(seen.at(-1)).toBe('confirmed'))
    expect(await publishing.settled).toBe('confirmed')
  })

  it('is queued while offline, and sent when connected', async () => {
    const { client, relay } = await started()
    relay.cut({ forMs: 1000 })
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const publishing = send?.('x') as Publishing
    expect(publishing.state).toBe('queued')
    await relay.clock.advance(5000)
    expect(await publishing.settled).toBe('confirmed')
  })

  it('is unknown if the connection breaks before the confirmation', async () => {
    const { client, relay } = await tested()
    relay.delay(1000)
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const publishing = send?.('x') as Publishing
    await relay.restart()
    await relay.clock.advance(10_000)
    expect(await publishing.settled).toBe('unknown')
  })

  it('is rejected with the reason, without an unhandled rejection', async () => {
    const { client, relay } = await tested()
    relay.refuse('publish', 'a')
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const publishing = send?.('x') as Publishing
    expect(await publishing.settled).toBe('rejected')
    expect(publishing.error?.code).toBe('forbidden')
  })

  it('completes after its component is unmounted', async () => {
    const { client, relay } = await tested()
    let send: Send<'a'> | undefined
    const view = await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    await view.unmount()
    expect(await send?.('x').settled).toBe('confirmed')
    expect(relay.frames('Publish').length).toBe(1)
  })

  it.each([
    ['room.*.msg', [['a.b'], 'hi']],
    ['room.*.msg', [[''], 'hi']],
    ['room.*.msg', [['*'], 'hi']],
    ['room.*.msg', [['a b'], 'hi']],
    ['room.*.msg', [[], 'hi']],
    ['room.*.msg', [['a', 'b'], 'hi']],
    ['room.*.msg', ['x', 'hi']],
    ['room.*.msg', [{ text: 'hi' }]],
    ['room.*.msg', []],
    ['room.**', ['hi']],
    ['room..msg', ['hi']],
    ['room msg', ['hi']],
  ])('is rejected if %s gets %j', async (pattern, args) => {
    const { client, relay, errors } = await tested()
    let send: ((...args: unknown[]) => Publishing) | undefined
    await renderWithClient(client, <Sender pattern={pattern} take={(given) => (send = given as typeof send)} />)
    const publishing = send?.(...args) as Publishing
    expect(await publishing.settled).toBe('rejected')
    expect(publishing.state).toBe('rejected')
    expect(publishing.error?.code).toBe('invalid_subject')
    expect(relay.frames('Publish')).toEqual([])
    expect(errors).toEqual([])
  })

  it('is rejected if the client rejects: for invalid data, and after close', async () => {
    const { client } = await tested()
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const bad = send?.(cyclic)
    expect(await bad?.settled).toBe('rejected')
    expect(bad?.error).toBeDefined()
    client.close()
    const late = send?.('x')
    expect(await late?.settled).toBe('rejected')
    expect(late?.error?.code).toBe('interrupted')
  })

  it('is rejected at once if the params do not fit the pattern', async () => {
    const { client } = await tested()
    let send: Send<'room.*'> | undefined
    await renderWithClient(client, <Sender pattern="room.*" take={(given) => (send = given)} />)
    const publishing = send?.(['a.b'], 'hi')
    expect(publishing?.state).toBe('rejected')
    expect(publishing?.error?.message).toContain('one segment for each "*"')
  })

  it('reports a listener that throws or rejects, calls the others, and settles', async () => {
    const { client, errors } = await tested()
    let send: Send<'a'> | undefined
    await renderWithClient(client, <Sender pattern="a" take={(given) => (send = given)} />)
    const publishing = send?.('x') as Publishing
    const seen: PublishState[] = []
    publishing.onState(() => {
      throw new Error('broken')
    })
    publishing.onState(async () => {
      throw new Error('broken later')
    })
    publishing.onState(() => seen.push(publishing.state))
    expect(await publishing.settled).toBe('confirmed')
    expect(seen).toEqual(['confirmed'])
    await eventually(() =>
      expect(errors).toMatchObject([
        { stage: 'handler', message: 'broken' },
        { stage: 'handler', message: 'broken later' },
      ]),
    )
  })
})
