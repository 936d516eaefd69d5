import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { authRelay, token } from './auth-relay.js'
import { json, known, messagePack, open, watch } from './hostile-clients.js'
import { marker, subject } from './hostile-inputs.js'

// Rows C1, C5 and C11 for what shows or names an identity.

describe('a hostile Connect', () => {
  const withField = async (more: string, given?: string): Promise<string> =>
    `{"Connect":{"token":"${given ?? (await token())}"${more}}}`

  it.each([
    ['C1: nesting of 10,000', `,"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['C11: another kind beside it', `},"Subscribe":{"subject":"${subject}"`],
  ])('has no effect, although its token is valid: %s', async (_, more) => {
    const relay = await authRelay()
    const leaksNothing = await watch(relay)
    const socket = await open(relay, json)
    socket.send(await withField(more))
    expect(await socket.json()).toMatchObject({ Error: { code: 'unauthorized' } })
    await socket.closed
    expect(socket.waiting).toEqual([])
    await leaksNothing()
  })

  it('with the names of Object.prototype gains nothing by them (C5)', async () => {
    const relay = await authRelay()
    const leaksNothing = await watch(relay)
    const rights = '{"user":"root","role":"root","polluted":true,"publish":["**"]}'
    const guest = await token({ wildcast: { role: 'guest' } })
    const socket = await open(relay, json)
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'then', 'toJSON'].map(
      (name) => `"${name}":${rights}`,
    )
    socket.send(await withField(`,${names}`, guest))
    expect(await socket.json()).toMatchObject({ Welcome: { user: 'ada' } })
    socket.send(`{"Publish":{"ref":1,"subject":"${subject}","message":"${marker}","__proto__":${rights}}}`)
    expect(await socket.json()).toMatchObject({ Error: { ref: 1, code: 'forbidden' } })
    await leaksNothing()
  })

  it('with two tokens shows the last one (C11)', async () => {
    const relay = await authRelay()
    const [valid, forged] = [await token(), 'no.such.token']
    for (const [first, last, kind] of [
      [valid, forged, 'Error'],
      [forged, valid, 'Welcome'],
    ]) {
      const socket = await open(relay, json)
      socket.send(`{"Connect":{"token":"${first}","token":"${last}"}}`)
      expect(await socket.json()).toHaveProperty(String(kind))
    }
  })
})

it('a token whose claims are names of Object.prototype grants nothing by them (C5)', async () => {
  const relay = await authRelay({ roles: { constructor: { publish: ['{claim.constructor}', '{claim.toString}.a'] } } })
  const socket = await open(relay, json)
  socket.send(JSON.stringify({ Connect: { token: await token({ wildcast: { role: 'constructor' } }) } }))
  expect(await socket.json()).toHaveProperty('Welcome')
  for (const name of ['constructor', 'Object', 'toString.a']) {
    socket.send(JSON.stringify({ Publish: { ref: 1, subject: name, message: '' } }))
    expect(await socket.json()).toMatchObject({ Error: { code: 'forbidden' } })
  }
  for (const role of ['__proto__', 'toString', 'hasOwnProperty']) {
    const stranger = await open(relay, json)
    stranger.send(JSON.stringify({ Connect: { token: await token({ wildcast: { role } }) } }))
    expect(await stranger.json()).toMatchObject({ Error: { code: 'unauthorized' } })
  }
})

it('the names of Object.prototype are segments, headers and users like others (C5)', async () => {
  const relay = await authRelay()
  const names = ['constructor', 'prototype', 'toString', 'hasOwnProperty', 'error', 'then', 'toJSON', '__proto__']
  const reader = await known(relay, undefined, 'bob')
  for (const name of names) {
    reader.send(JSON.stringify({ Subscribe: { ref: 1, subject: `allowed.${name}` } }))
    expect(await reader.json()).toHaveProperty('Subscribed')
    const socket = await known(relay, undefined, name)
    // A header can not have the name that sets a prototype.
    const header = name === '__proto__' ? 'proto' : name
    socket.send(
      JSON.stringify({ Publish: { ref: 1, subject: `allowed.${name}`, message: '', headers: { [header]: '1' } } }),
    )
    expect(await socket.json()).toEqual({ Ack: { ref: 1 } })
    expect(await reader.json()).toMatchObject({ Message: { subject: `allowed.${name}`, headers: { [header]: '1' } } })
  }
})

it('a subject that is given twice is checked and used as the last one (C11, P9)', async () => {
  const relay = await authRelay()
  const leaksNothing = await watch(relay)
  const ada = await known(relay)
  ada.send(`{"Publish":{"ref":1,"subject":"${subject}","subject":"allowed.secret.x","message":"${marker}"}}`)
  expect(await ada.json()).toMatchObject({ Error: { ref: 1, code: 'forbidden' } })
  await leaksNothing()

  const ends = Buffer.concat([encode('subject'), encode('allowed.secret.x'), encode('subject'), encode(subject)])
  const body = Buffer.concat([Buffer.of(0x84), encode('ref'), encode(1), encode('message'), encode(''), ends])
  const grace = await known(relay, messagePack)
  grace.send(Buffer.concat([Buffer.of(0x81), encode('Publish'), body]))
  expect(decode((await grace.next()) as Buffer)).toEqual({ Ack: { ref: 1 } })
  await relay.published(subject)
})
