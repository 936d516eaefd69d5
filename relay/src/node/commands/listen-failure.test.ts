import { expect, it } from 'vitest'
import { listenFailure } from '../listen-failure.js'

const remedies = { port: 'choose another', host: 'correct it' }
const failed = (code: string, more: object): Error => Object.assign(new Error(code), { code, ...more })

it.each([
  [failed('EADDRINUSE', { port: 80 }), 'port 80 is in use; choose another'],
  [failed('EACCES', { port: 80 }), 'port 80 is not open to this user; choose another'],
  [failed('EADDRNOTAVAIL', { address: '1.2.3.4' }), '"1.2.3.4" is not an address of this machine; correct it'],
  [failed('ENOTFOUND', { hostname: 'nowhere' }), '"nowhere" is not an address of this machine; correct it'],
  [failed('EMFILE', {}), 'EMFILE'],
])('names the remedy: %s', (cause, message) => {
  expect(listenFailure(cause, remedies)).toMatchObject({ message })
})
