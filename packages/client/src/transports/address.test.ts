import { describe, expect, test } from 'vitest'
import { toWebSocketUrl } from './address.js'

const page = 'https://shop.test/app/index.html?q#top'

test.each([
  ['ws://relay.test:3015', undefined, 'ws://relay.test:3015/ws'],
  ['wss://relay.test/', undefined, 'wss://relay.test/ws'],
  ['http://relay.test', undefined, 'ws://relay.test/ws'],
  ['https://relay.test/edge/ws?x=1', undefined, 'wss://relay.test/edge/ws?x=1'],
  ['/ws', page, 'wss://shop.test/ws'],
  ['/ws', 'http://localhost:3015/', 'ws://localhost:3015/ws'],
  ['relay', page, 'wss://shop.test/app/relay'],
  ['//relay.test', page, 'wss://relay.test/ws'],
  ['ws://relay.test', page, 'ws://relay.test/ws'],
  ['WSS://relay.test/#top', page, 'wss://relay.test/ws'],
  ['/ws?to=a:b', page, 'wss://shop.test/ws?to=a:b'],
  ['relay/a:b', page, 'wss://shop.test/app/relay/a:b'],
  ['/ws', undefined, undefined],
])('%s on the page %s is %s', (url, on, meant) => {
  expect(toWebSocketUrl(url, on)).toBe(meant)
})

describe.each([page, undefined])('the page %s: a TypeError has the remedy for', (on) => {
  test.each([
    undefined,
    null,
    3015,
    '',
    ' ',
    'host:3015',
    'localhost:3015',
    '127.0.0.1:3015/ws',
    '[::1]:3015',
    'relay.test:3015',
    'ftp://relay.test',
    'javascript:alert(1)',
    'ws:relay.test',
    'ws://',
    'http://a b',
  ])('%j', (url) => {
    expect(() => toWebSocketUrl(url as string, on)).toThrow(TypeError)
    expect(() => toWebSocketUrl(url as string, on)).toThrow(/use ws:\/\/host\/ws, or \/ws in a page$/)
  })
})
test('a page without an HTTP URL needs a whole URL', () => {
  for (const on of ['about:blank', 'file:///index.html', 'blob:https://shop.test/1'])
    expect(() => toWebSocketUrl('/ws', on)).toThrow(/use ws:/)
})

test.each([
  ['ws://relay.test', 'r1', 'ws://relay.test/ws?relay=r1'],
  ['https://relay.test/edge/ws?to=a:b&x=1#top', 'r1', 'wss://relay.test/edge/ws?to=a:b&x=1&relay=r1'],
  ['/ws', 'r1', 'wss://shop.test/ws?relay=r1'],
])('%s for the relay %s is %s', (url, relay, meant) => {
  expect(toWebSocketUrl(url, page, relay)).toBe(meant)
})
